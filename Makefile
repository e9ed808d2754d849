# Everything a fresh machine needs: Python 3.11 or later, make, git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INPUTS := $(shell find ontology data sparql p4c_graph -type f -not -name '*.pyc')
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

EDITOR := p4c_graph/web/static/vendor/yasgui.min.js

.PHONY: serve test check venv editor bench clean

venv: $(VENV)/.installed

# The constraints file pins every version; the index is whichever pip is set up for.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# The SPARQL editor comes from npm: the machine's, or one from the Python index. Without it the page has a text area.
editor: $(EDITOR)

$(EDITOR): package.json package-lock.json | $(VENV)/.installed
	command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[editor]'
	if $(RUN) npm ci --loglevel=error >/dev/null; \
	then mkdir -p $(@D) && cp node_modules/@zazuko/yasgui/build/yasgui.min.js node_modules/@zazuko/yasgui/build/yasgui.min.css $(@D); \
	else echo "npm could not install the SPARQL editor; its page uses a text area."; fi

# The graph is built once, and again when something it is made of has changed.
.p4c/current: $(VENV)/.installed $(INPUTS)
	$(BIN)/p4c build --store .p4c
	touch $@

serve: .p4c/current editor
	$(BIN)/p4c serve --store .p4c

# A file is one worker's, in order of the folders: sorted by number of tests, the long stories would come last, one alone.
test: .p4c/current editor
	$(RUN) TESTS_STORE=.p4c $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q

check: venv
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(RUN) $(BIN)/python -m pytest -q -m 'not slow'

# The peers are measured too; Virtuoso where it is installed.
bench: .p4c/current
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	P4C_STORE=.p4c $(BIN)/python -m bench

clean:
	rm -rf $(VENV) .p4c build dist node_modules $(dir $(EDITOR))
