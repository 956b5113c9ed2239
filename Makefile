# Every line is a thin door to manage.py, which makes its own environment; `python3 manage.py <the same>` does without make.
PYTHON ?= python3
TESTS ?=

.PHONY: run test check audit bench format lock

run: export HEARTH_MODE := $(or $(HEARTH_MODE),demo)
run:
	@exec $(PYTHON) manage.py up

test:
	@exec $(PYTHON) manage.py test $(TESTS)

check:
	@exec $(PYTHON) manage.py checks

audit:
	@exec $(PYTHON) manage.py audit

bench:
	@exec $(PYTHON) manage.py bench

# Puts code and templates into their one shape.
format:
	@$(PYTHON) manage.py bootstrap
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format --quiet .
	git ls-files -z "templates/*.html" | xargs -0 .venv/bin/djade --target-version 5.2

# After a change of requirements.in or requirements-dev.in. Needs uv.
lock:
	UV_PYTHON_DOWNLOADS=never uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements.in -o requirements.txt
	UV_PYTHON_DOWNLOADS=never uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements-dev.in -o requirements-dev.txt
