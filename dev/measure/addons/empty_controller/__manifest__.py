{
    "name": "Empty controller",
    "summary": "The least that a request costs, to compare the webhook with",
    "version": "1.0",
    "author": "Cartona Integration contributors",
    "license": "LGPL-3",
    "depends": ["web"],
}
