/* Catalogue and orders live: one long-polled call, changed cells are highlighted. */
"use strict";

const ROWS = 500;
const ORDERS = 150;
const FEED = 80;
const FINAL = ["delivered", "returned", "cancelled_by_retailer", "cancelled_by_supplier"];
const products = new Map();
const orders = new Map();
let since = 0;
let search = "";
let round = 0; // answers to a search that was typed over are dropped
let running = false;
let run = "";
let waiting = new AbortController();

const byId = (id) => document.getElementById(id);

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const money = (text) => Number(text).toLocaleString("en", {
  minimumFractionDigits: 2, maximumFractionDigits: 6,
});
const words = (status) => status.replaceAll("_", " ");

function complain(text) {
  byId("message").textContent = text || "";
  byId("message").hidden = !text;
}

async function call(method, path, body, signal) {
  const response = await fetch("/_control/" + path, {
    method,
    signal,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

async function press(method, path, body) {
  try {
    complain("");
    await call(method, path, body);
  } catch (error) {
    complain(error.message);
  }
}

function tell(...parts) {
  const time = new Date().toLocaleTimeString("en-GB");
  byId("feed").prepend(node("li", {}, node("time", {}, time), ...parts));
  while (byId("feed").childElementCount > FEED) byId("feed").lastElementChild.remove();
}

/* -- products ------------------------------------------------------------------------- */

const COLUMNS = [
  ["sku", (p) => p.internal_product_id || "not linked", "link"],
  ["name", (p) => p.supplier_product_name, "name"],
  ["unit", (p) => (p.unit_count > 1 ? `${p.unit} × ${p.unit_count}` : p.unit), "unit"],
  ["num", (p) => money(p.selling_price), "price"],
  ["num", (p) => (p.is_unlimited_stock ? "∞" : String(p.available_stock_quantity)), "stock"],
  ["", (p) => (p.is_published && p.in_stock ? "yes" : "no"), "live"],
];

function showProduct(product, first) {
  const id = `${product.token}/${product.supplier_product_id}`;
  let row = products.get(id);
  if (!row) {
    if (products.size >= ROWS) return;
    row = node("tr", {}, ...COLUMNS.map(([style]) =>
      node("td", { class: style, dir: style === "name" ? "auto" : null })));
    products.set(id, row);
    byId("products").append(row);
    COLUMNS.forEach(([, text], index) => { row.cells[index].textContent = text(product); });
    return;
  }
  COLUMNS.forEach(([, text, label], index) => {
    const cell = row.cells[index];
    const value = text(product);
    if (cell.textContent === value) return;
    if (!first) {
      const name = node("bdi", {}, product.supplier_product_name);
      tell(name, ` ${label} ${cell.textContent} → `, node("b", {}, value));
      cell.classList.remove("flash");
      void cell.offsetWidth; // starts the animation again
      cell.classList.add("flash");
    }
    cell.textContent = value;
  });
}

/* -- orders --------------------------------------------------------------------------- */

function orderLines(order) {
  return node("table", {}, node("tbody", {}, ...order.order_details.map((line) => node("tr", {},
    node("td", { dir: "auto" }, line.product_name),
    node("td", { class: "num" }, `${line.amount} × ${money(line.selling_price)}`),
    node("td", { class: "num soft" }, discountOf(line))))));
}

function discountOf(line) {
  const supplier = Number(line.applied_supplier_discount);
  const cartona = Number(line.applied_cartona_discount);
  if (!supplier && !cartona) return "";
  return `offer −${money(supplier + cartona)} (you ${money(supplier)}, Cartona ${money(cartona)})`;
}

function orderMoney(order) {
  const parts = [`cash to collect ${money(order.cash_to_collect)}`];
  if (Number(order.cartona_credit)) parts.push(`credit ${money(order.cartona_credit)}`);
  if (Number(order.installment_cost)) parts.push(`instalments ${money(order.installment_cost)}`);
  if (Number(order.wallet_top_up)) parts.push(`wallet ${money(order.wallet_top_up)}`);
  if (order.needs_otp) parts.push(`OTP ${order.otp}`);
  if (order.delivered_by === "delivered_by_cartona") {
    parts.push(`Cartona delivers, pickup OTP ${order.pickup_otp}`);
  }
  return parts.join(" · ");
}

function orderButtons(order) {
  const path = `orders/${order.hashed_id}`;
  const button = (label, to, body) => node("button", {
    type: "button", class: "small", onclick: () => press("POST", `${path}/${to}`, body),
  }, label);
  const more = () => {
    const line = order.order_details[0];
    return { by: "retailer", lines: [{ id: line.id, amount: Number(line.amount) + 1 }] };
  };
  const list = [];
  if (order.status === "pending") {
    if (order.order_details.length) list.push(button("Retailer: one more", "edit", more()));
    list.push(button("Retailer starts editing", "edit-start", {}));
  }
  if (order.status === "editing") list.push(button("Finish editing", "edit-finish", {}));
  if (["pending", "editing", "approved"].includes(order.status)) {
    list.push(button("Retailer cancels", "cancel", { by: "retailer" }));
  }
  if (order.delivered_by === "delivered_by_cartona" && !FINAL.includes(order.status)) {
    const next = { pending: "approved", approved: "assigned_to_salesman" }[order.status];
    list.push(button(`Cartona: ${words(next || "delivered")}`, "status",
      { status: next || "delivered" }));
  }
  list.push(button("Send webhook again", "webhook", {}));
  return node("div", { class: "buttons" }, ...list);
}

function showOrder(order, first) {
  const old = orders.get(order.hashed_id);
  const news = !old || old.order.version !== order.version;
  const number = order.receipt_id || order.hashed_id;
  const who = (order.retailer || {}).retailer_name || "";
  const fresh = node("details", {},
    node("summary", {},
      node("span", {}, node("b", {}, `#${number} `),
        node("span", { class: `badge ${order.status}` }, words(order.status))),
      node("b", { class: "num right" }, money(order.total_price)),
      node("bdi", { class: "soft" }, who),
      node("span", { class: "soft right" },
        order.synced ? "acknowledged ✓" : "waiting to be pulled")),
    node("div", { class: "lines" }, orderLines(order),
      node("div", { class: "soft" }, orderMoney(order)), orderButtons(order)));
  if (old) {
    fresh.open = old.element.open;
    old.element.replaceWith(fresh);
  } else {
    byId("orders").prepend(fresh);
  }
  orders.set(order.hashed_id, { order, element: fresh });
  if (!first && news) {
    fresh.querySelector("summary").classList.add("flash");
    const before = old && old.order.status !== order.status ? `${words(old.order.status)} → ` : "";
    tell(`Order #${number} `, old ? `${before}` : "new: ", node("b", {}, words(order.status)),
      " ", node("bdi", {}, who), ` ${money(order.total_price)}`);
  }
  if (orders.size > ORDERS) {
    const [oldest, entry] = orders.entries().next().value;
    entry.element.remove();
    orders.delete(oldest);
  }
}

/* -- the whole ------------------------------------------------------------------------ */

function showFigures(answer) {
  const unsynced = [...orders.values()].filter(({ order }) => !order.synced).length;
  const figures = {
    Products: answer.counts.products,
    Orders: answer.counts.orders,
    "To be pulled": unsynced,
    "API calls": answer.counters.total,
    Webhooks: answer.counters.webhooks.sent,
  };
  byId("figures").replaceChildren(...Object.entries(figures).map(([name, value]) =>
    node("div", {}, node("dt", {}, name), node("dd", {}, value.toLocaleString("en")))));
  byId("account").textContent = answer.accounts.map((account) => account.name).join(", ");
  byId("product-count").textContent =
    products.size < answer.counts.products ? `${products.size} of ${answer.counts.products}` : "";
  byId("no-products").hidden = products.size > 0 || search !== "";
  byId("no-orders").hidden = orders.size > 0;
  running = answer.life.running;
  byId("life").textContent = running ? "Stop retailers" : "Start retailers";
}

async function follow() {
  for (;;) {
    const mine = round;
    waiting = new AbortController();
    try {
      const query = new URLSearchParams({ since, wait: since ? 10 : 0, search });
      const answer = await call("GET", "changes?" + query, undefined, waiting.signal);
      if (mine !== round) continue;
      const gone = !search && answer.counts.products < products.size;
      if (since && (answer.run !== run || gone)) { // reset, started anew, or something deleted
        restart();
        continue;
      }
      run = answer.run;
      const first = since === 0;
      since = answer.seq;
      answer.products.forEach((product) => showProduct(product, first));
      answer.orders.forEach((order) => showOrder(order, first));
      showFigures(answer);
      byId("link").className = "link live";
      byId("link").textContent = "live";
    } catch (error) {
      if (error.name === "AbortError") continue;
      byId("link").className = "link dead";
      byId("link").textContent = "no connection";
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}

function readAgain() {
  round += 1;
  waiting.abort();
  since = 0;
  products.clear();
  byId("products").replaceChildren();
}

function restart() {
  readAgain();
  orders.clear();
  byId("orders").replaceChildren();
}

byId("order").addEventListener("click", () => press("POST", "orders", {}));
byId("life").addEventListener("click", () => press("POST", "life", { running: !running }));
byId("search").addEventListener("input", (event) => {
  search = event.target.value;
  readAgain(); // the orders stay as they are
});
follow();
