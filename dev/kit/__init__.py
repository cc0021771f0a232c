"""Developer tooling of the repository: bootstrap, databases, test stages, demo."""
