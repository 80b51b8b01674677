# A thin front of the CMake presets. Every target installs what it needs first (tools/install_deps.sh), which takes no
# time when nothing is missing.

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 30
STRESS_SECONDS ?= 600
MAKEFLAGS += --no-print-directory

.PHONY: help run test check install wheel asan tsan stress damage fuzz bench format clean
.DELETE_ON_ERROR:

help:
	@echo "make run     build, then train the MNIST example, from its last checkpoint on (build/mnist_model)"
	@echo "make test    build, then run all tests"
	@echo "make check   the tests in Python alone, of what is built, and the layers of src/reflow"
	@echo "make install the C++ library, its headers and the command line below PREFIX=$(PREFIX)"
	@echo "make wheel   the Python package as wheels in build/dist, for each Python from 3.10 to 3.13 that is there"
	@echo "make asan    the tests under address and undefined-behaviour sanitizers"
	@echo "make tsan    the tests under thread sanitizer"
	@echo "make stress  16 threads over shared and own sessions for STRESS_SECONDS=$(STRESS_SECONDS) seconds; a minute in tsan"
	@echo "make damage  checkpoints: 200 kills while saving, every cut, 10,000 flipped bits for each file"
	@echo "make fuzz    each fuzzer for FUZZ_SECONDS=$(FUZZ_SECONDS) seconds"
	@echo "make bench   the benchmarks"
	@echo "make format  clang-format over all C++ sources"
	@echo "make clean   remove build/"

run: build/release/build.ninja
	@cmake --build --preset release --target example_mnist_mlp reflow_python
	@build/release/examples/mnist_mlp --model_dir build/mnist_model

test: build/release/build.ninja
	cmake --build --preset release
	ctest --preset release --output-log build/release/ctest.log
	@$(MAKE) check

# The layers of src/reflow, and the tests in Python: of the tools, the pages, and the package as it was built.
check:
	@tools/install_deps.sh
	@tools/make_venv.sh
	.venv/bin/python tools/check_layers.py
	.venv/bin/python -m pytest -q

install: build/release/build.ninja
	cmake --build --preset release --target reflow reflow_command_line tensorflow tensorflow_framework
	cmake --install build/release --prefix $(abspath $(PREFIX)) --strip

wheel: build/release/build.ninja
	tools/make_wheel.sh

asan: build/dev/build.ninja
	cmake --build --preset dev
	ctest --preset dev

tsan: build/tsan/build.ninja
	cmake --build --preset tsan
	ctest --preset tsan

stress: build/release/build.ninja build/tsan/build.ninja
	cmake --build --preset release --target session_stress --target any_op_stress
	build/release/stress/session_stress --seconds $(STRESS_SECONDS)
	build/release/stress/session_stress --runs 1000000
	build/release/stress/any_op_stress
	cmake --build --preset tsan --target session_stress
	build/tsan/stress/session_stress --seconds 60

damage: build/release/build.ninja
	cmake --build --preset release --target reflow_formats_test
	REFLOW_KILLS=200 REFLOW_DAMAGE_SWEEP=1 build/release/tests/reflow_formats_test --gtest_filter='*Kill*:*Damage*'

fuzz: build/dev/build.ninja
	cmake --build --preset dev
	@tools/run_fuzzers.sh build/dev/fuzz $(FUZZ_SECONDS)

bench: build/release/build.ninja
	cmake --build --preset release
	@for program in build/release/bench/*; do if [ -x $$program ]; then $$program || exit 1; fi; done

format:
	@tools/install_deps.sh format
	git ls-files '*.cc' '*.h' | xargs -r clang-format-14 -i

clean:
	rm -rf build

# CMake configures once; afterwards the build itself notices changed CMake files. The dependencies are looked at each
# time, because a newer revision may need more. A tree that pip has made (cmake/engine.cmake) knows of the engine alone.
build/%/build.ninja: deps-%
	@if [ ! -f $@ ] || [ -f $(@D)/engine_only ]; then cmake --preset $* && rm -f $(@D)/engine_only; fi

.PHONY: deps-release deps-dev deps-tsan
deps-release deps-tsan:
	@tools/install_deps.sh
	@tools/make_venv.sh
deps-dev:
	@tools/install_deps.sh clang
