# brunt: `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BUILD   ?= build
prefix  ?= /usr/local
DESTDIR ?=
V       ?= 0
VERSION := 0.1.0

# Folders in the order of ARCHITECTURE.md: each may include those before it.
MODULES := base metrics http scenario load run report record ui serve cli
# MODS narrows a build to some of them, for working on one module.
MODS    ?= $(MODULES)

CC       ?= cc
PKGS     := zlib libzstd libcurl ncursesw libcjson sqlite3 libevent libevent_pthreads libpcre2-8 libcrypto
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Wconversion
WERROR   ?=
OPT      ?= -O2 -g
SAN      ?=
# curl allocates some 25 times an exchange, and glibc's arenas are slow at it.
# Sanitizers and valgrind bring their own.
MALLOC   ?= $(if $(SAN),,-ljemalloc)
CPPFLAGS += -D_GNU_SOURCE -Iinclude -DBRUNT_VERSION='"$(VERSION)"' -MMD -MP
CFLAGS   += -std=c11 -pthread $(OPT) $(WARN) $(WERROR) $(SAN)
LDFLAGS  += -pthread $(SAN)
# Asked when first needed: pkg-config may not be installed before `deps`.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lwslay -lm)$(PKG_LIBS)

SRC   := $(sort $(foreach m,$(MODS),$(wildcard src/$(m)/*.c)))
OBJ   := $(SRC:%.c=$(BUILD)/%.o)
# A narrowed build has a library of its own: the whole one stays whole.
LIB   := $(BUILD)/libbrunt$(if $(filter-out $(MODS),$(MODULES)),-part).a
BIN   := $(BUILD)/brunt
UNIT  := $(sort $(foreach m,$(MODS),$(wildcard tests/unit/$(m)/*_test.c)))
UNITB := $(UNIT:%.c=$(BUILD)/%)

# V=1 shows commands, V=0 a line a file, V=q nothing but what goes wrong.
ifneq ($(V),1)
Q := @
endif
ifeq ($(V),0)
say = @printf '  %-5s %s\n' $(1) $(2)
endif

all: $(BIN) ## build build/brunt

$(BIN): $(BUILD)/src/main.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS) $(MALLOC)

$(LIB): $(OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $(OBJ)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -c -o $@ $<

# Two themes are compiled in, from the very files that are installed.
$(BUILD)/themes/%.inc: themes/%.theme
	@mkdir -p $(@D)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

# So is the demo's scenario.
$(BUILD)/sample-runs/%.inc: sample-runs/%.json
	@mkdir -p $(@D)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

# And the style sheet of the HTML report.
$(BUILD)/src/report/%.css.inc: src/report/%.css
	@mkdir -p $(@D)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

$(BUILD)/src/report/html.o: $(BUILD)/src/report/html.css.inc
$(BUILD)/src/report/html.o: CPPFLAGS += -I$(BUILD)/src/report

$(BUILD)/src/cli/demo.o: $(BUILD)/sample-runs/interview-coach.inc
$(BUILD)/src/cli/demo.o: CPPFLAGS += -I$(BUILD)/sample-runs

$(BUILD)/src/ui/theme_files.o: $(patsubst %.theme,$(BUILD)/%.inc,$(wildcard themes/*.theme))
$(BUILD)/src/ui/theme_files.o: CPPFLAGS += -I$(BUILD)/themes \
	-DBRUNT_THEMES='"$(prefix)/share/brunt/themes"'

$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS) -lcmocka

unit: $(UNITB) ## build and run the unit tests only
	@tests/run-unit $(UNITB)

# The two commands of the README. They install first, then start make again,
# because what is missing may be the compiler itself.
demo: ## install what is missing, build, open the dashboard on the embedded backend
	@.ci/packages build
	@[ -x $(BIN) ] || echo "building $(BIN) …"
	@$(MAKE) -s V=q all
	@$(BIN) demo; code=$$?; [ $$code = 3 ] || exit $$code # SLOs are there to be missed

test: ## install what is missing, build, run all tests
	@.ci/packages test
	@[ -x $(BIN) ] || echo "building $(BIN) and its tests …"
	@$(MAKE) -s V=q test-programs
	@tests/run-all $(BIN) $(UNITB)

test-programs: $(BIN) $(UNITB)

test-extra: $(BIN) ## tests against foreign servers from npm and pip (into BUILD/extra)
	@tests/extra/run $(abspath $(BIN)) $(abspath $(BUILD))/extra

deps: ## install the packages that building and testing need
	@.ci/packages test

tools: ## install those that fuzz and valgrind need, too
	@.ci/packages tools

# One sanitizer a build folder; the unit tests run in each.
asan: ## unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@TEST_TIMEOUT=600 $(MAKE) BUILD=build-asan OPT='-O1 -g' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer' unit

tsan: ## unit tests under ThreadSanitizer
	@TSAN_OPTIONS=halt_on_error=1 TEST_TIMEOUT=600 $(MAKE) BUILD=build-tsan OPT='-O1 -g' SAN=-fsanitize=thread unit

# A pattern of filter has one %.
VALGRIND := $(foreach m,scenario metrics load,$(filter $(BUILD)/tests/unit/$(m)/%,$(UNITB)))
valgrind: tools $(VALGRIND) ## unit tests of parsers and statistics under valgrind
	@TEST_UNDER='valgrind -q --error-exitcode=9' TEST_TIMEOUT=600 \
		tests/run-unit $(VALGRIND)

FUZZ_SECONDS ?= 20
FUZZ := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*_fuzz.c))
fuzz: $(FUZZ:%=fuzz-%) ## run each fuzzer for FUZZ_SECONDS (clang)
fuzz-%: tools
	@$(MAKE) -s CC=clang BUILD=build-fuzz OPT='-O1 -g' \
		SAN='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined' build-fuzz/$*
	@mkdir -p build-fuzz/corpus/$*
	build-fuzz/$* -max_total_time=$(FUZZ_SECONDS) -timeout=5 -print_final_stats=1 -verbosity=0 build-fuzz/corpus/$*

$(BUILD)/%_fuzz: $(BUILD)/tests/fuzz/%_fuzz.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB) $(PKG_LIBS)

BENCH := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
$(BENCH): %: %.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS)
# It counts what the decoder allocates.
$(BUILD)/tests/bench/decode_bench: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
bench: ## install what is missing, print our costs as ratios beside named peers (wrk, hey, …)
	@.ci/packages bench
	@$(MAKE) -s V=q bench-programs
	@tests/bench/run $(BIN)

bench-programs: $(BIN) $(BENCH)

lint: ## compiler warnings as errors, manual pages, shell syntax, stray files
	@tests/strays
	@$(MAKE) -s BUILD=build-lint WERROR=-Werror OPT='-O2' all
	@mandoc -Tlint -W warning man/*.[15]
	@for f in tests/run-* tests/layering tests/strays tests/e2e/*.sh tests/extra/run tests/extra/*.sh .ci/*; do bash -n $$f || exit 1; done
	@echo lint clean

pictures: $(BIN) ## draw the README's pictures anew
	@sample-runs/pictures $(BIN)

install: $(BIN) ## install under DESTDIR and prefix
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/man/man1 \
		$(DESTDIR)$(prefix)/share/man/man5 $(DESTDIR)$(prefix)/share/brunt/themes $(DESTDIR)$(prefix)/share/doc/brunt/sample-runs
	install -m 755 $(BIN) $(DESTDIR)$(prefix)/bin/brunt
	install -m 644 man/brunt.1 $(DESTDIR)$(prefix)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(prefix)/share/man/man5
	install -d $(DESTDIR)$(prefix)/share/bash-completion/completions $(DESTDIR)$(prefix)/share/zsh/site-functions \
		$(DESTDIR)$(prefix)/share/fish/vendor_completions.d
	$(BIN) completion bash >$(DESTDIR)$(prefix)/share/bash-completion/completions/brunt
	$(BIN) completion zsh >$(DESTDIR)$(prefix)/share/zsh/site-functions/_brunt
	$(BIN) completion fish >$(DESTDIR)$(prefix)/share/fish/vendor_completions.d/brunt.fish
	install -m 644 themes/*.theme $(DESTDIR)$(prefix)/share/brunt/themes
	install -m 644 sample-runs/*.json sample-runs/*.brunt $(DESTDIR)$(prefix)/share/doc/brunt/sample-runs

uninstall: ## take it away again
	rm -f $(DESTDIR)$(prefix)/bin/brunt $(DESTDIR)$(prefix)/share/man/man1/brunt.1 \
		$(DESTDIR)$(prefix)/share/man/man5/brunt-scenario.5 $(DESTDIR)$(prefix)/share/man/man5/brunt-run.5 $(DESTDIR)$(prefix)/share/man/man5/brunt-config.5
	rm -f $(DESTDIR)$(prefix)/share/bash-completion/completions/brunt $(DESTDIR)$(prefix)/share/zsh/site-functions/_brunt \
		$(DESTDIR)$(prefix)/share/fish/vendor_completions.d/brunt.fish
	rm -rf $(DESTDIR)$(prefix)/share/brunt $(DESTDIR)$(prefix)/share/doc/brunt

clean: ## remove what was built
	rm -rf build build-*

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: all unit demo test test-extra test-programs deps tools asan tsan valgrind fuzz bench bench-programs lint pictures install uninstall clean help
.SECONDARY:
-include $(wildcard $(BUILD)/src/*/*.d $(BUILD)/src/*.d $(BUILD)/tests/*/*/*.d $(BUILD)/tests/*/*.d)
