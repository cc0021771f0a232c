"""How long after its commit a single change stands on the sandbox, with the job runner."""

import statistics
import time

from measure.sandbox import Sandbox

SAMPLES = 80
PATIENCE = 20.0


def measure(ours, sandbox_url):
    sandbox = Sandbox(sandbox_url)
    (product_id,) = ours.make_products("Latency", 1)
    sandbox.offer(["Latency-0"])
    _change(ours, sandbox, product_id, 5.0)  # the runner's first job loads what later ones have
    times = [_change(ours, sandbox, product_id, 10.0 + number) for number in range(SAMPLES)]
    return {
        "latency_median_ms": statistics.median(times),
        "latency_p95_ms": statistics.quantiles(times, n=20)[-1],
    }


def _change(ours, sandbox, product_id, price):
    with ours.transaction() as env:
        env["product.product"].browse(product_id).list_price = price
    committed = time.time()
    deadline = committed + PATIENCE
    while True:
        product = sandbox.product("Latency-0")
        if float(product["selling_price"]) == price:
            return (product["updated_epoch"] - committed) * 1000
        if time.time() > deadline:
            raise TimeoutError(f"The price {price} did not arrive in {PATIENCE:.0f} s")
        time.sleep(0.01)
