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
MODULES := base metrics http scenario load run record ui serve cli
# MODS narrows a build to some of them, for working on one module.
MODS    ?= $(MODULES)

CC       ?= cc
PKGS     := libcurl ncursesw libcjson sqlite3 libevent libevent_pthreads zlib
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Wconversion
WERROR   ?=
OPT      ?= -O2 -g
SAN      ?=
CPPFLAGS += -D_GNU_SOURCE -Iinclude -DBRUNT_VERSION='"$(VERSION)"' -MMD -MP
CFLAGS   += -std=c11 -pthread $(OPT) $(WARN) $(WERROR) $(SAN)
LDFLAGS  += -pthread $(SAN)
# Asked when first needed: pkg-config may not be installed before `deps`.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lm)$(PKG_LIBS)

SRC   := $(sort $(foreach m,$(MODS),$(wildcard src/$(m)/*.c)))
OBJ   := $(SRC:%.c=$(BUILD)/%.o)
LIB   := $(BUILD)/libbrunt.a
BIN   := $(BUILD)/brunt
UNIT  := $(sort $(foreach m,$(MODS),$(wildcard tests/unit/$(m)/*_test.c)))
UNITB := $(UNIT:%.c=$(BUILD)/%)

ifeq ($(V),0)
Q := @
say = @printf '  %-5s %s\n' $(1) $(2)
endif

all: $(BIN) ## build build/brunt

$(BIN): $(BUILD)/src/main.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS)

$(LIB): $(OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $(OBJ)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS) -lcmocka

unit: $(UNITB) ## build and run the unit tests only
	@tests/run-unit $(UNITB)

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: all unit clean help
.SECONDARY:
-include $(wildcard $(BUILD)/src/*/*.d $(BUILD)/src/*.d $(BUILD)/tests/*/*/*.d $(BUILD)/tests/*/*.d)
