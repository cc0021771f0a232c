"""What it costs a user to change the prices of 1,000 products."""

from measure.database import ratio, seconds

COUNT = 1000


def measure(ours, bare, rounds):
    ids = {database: database.make_products("Price", COUNT) for database in (ours, bare)}
    ours.forget_work()

    def write(database, price):
        with database.transaction() as env:
            for number, product in enumerate(env["product.product"].browse(ids[database])):
                product.list_price = price + number / 100

    def queries(database, price):
        with database.transaction() as env:
            before = env.cr.sql_log_count
            for product in env["product.product"].browse(ids[database]):
                product.list_price = price
            env.cr.flush()
            return env.cr.sql_log_count - before

    for database in (ours, bare):  # caches are warm
        write(database, 5)
    times = {ours: [], bare: []}
    for number in range(rounds):
        for database in (ours, bare) if number % 2 else (bare, ours):
            times[database].append(seconds(write, database, 20 + number))
            if database is ours:
                ours.forget_work()
    extra = queries(ours, 1) - queries(bare, 1)
    with ours.registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM queue_job WHERE state = 'pending'")
        (jobs,) = cr.fetchone()
    return {
        "price_write_ratio": ratio(times[ours], times[bare]),
        "price_write_extra_queries": extra,
        "push_jobs_1000": jobs,
    }
