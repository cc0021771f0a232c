"""What suppliers copy says the same everywhere, and fits the addon."""

from __future__ import annotations

import configparser
import json
import re

import yaml
from lxml import etree

from kit.odoo import CHANNELS
from kit.paths import ADDON, REPOSITORY


def _config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(inline_comment_prefixes=";")
    parser.read(REPOSITORY / "odoo.conf", "utf-8")
    return parser


def test_the_example_of_odoo_conf_loads_the_job_runner():
    config = _config()
    assert "queue_job" in config["options"]["server_wide_modules"].split(",")
    assert config["queue_job"]["channels"] == CHANNELS


def test_the_channels_are_the_same_wherever_they_are_told():
    places = ("README.md", f"{ADDON}/readme/CONFIGURE.md", f"{ADDON}/static/description/index.html")
    for place in places:
        text = (REPOSITORY / place).read_text("utf-8")
        assert re.findall(r"channels = ([\w:.,]+)", text) == [CHANNELS], place


def test_the_channels_are_those_of_the_addons_jobs():
    data = etree.parse(str(REPOSITORY / ADDON / "data" / "queue_job.xml"))
    names = {
        field.text
        for field in data.iterfind(".//record[@model='queue.job.channel']/field[@name='name']")
    }
    told = {channel.split(":")[0].rpartition(".")[2] for channel in CHANNELS.split(",")}
    assert names == told - {"root"}


def test_docker_compose_starts_the_sandbox_with_the_addons_account():
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text("utf-8"))
    options = compose["services"]["sandbox"]["command"]
    demo = etree.parse(str(REPOSITORY / ADDON / "demo" / "account.xml"))
    values = {field.get("name"): field.text for field in demo.iterfind(".//field")}
    assert f"--webhook-token={values['token']}" in options
    port = re.search(r":(\d+)/", values["base_url"])[1]
    assert f"--port={port}" in options


def test_the_groceries_are_the_demo_products():
    rows = json.loads((REPOSITORY / "sandbox" / "groceries.json").read_text("utf-8"))
    demo = etree.parse(str(REPOSITORY / ADDON / "demo" / "products.xml"))
    codes = {field.text for field in demo.iterfind(".//field[@name='default_code']")}
    assert {row["sku"] for row in rows} <= codes
    assert len(rows) >= 60
    assert {row["internal_product_id"] for row in rows if "internal_product_id" in row} < codes
