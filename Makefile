# Interim; the real one is being written.
CC ?= gcc
all:
	@echo interim
