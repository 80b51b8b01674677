# How every file is compiled. Nothing here may depend on the machine that builds: one binary runs on any x86-64
# (kernels choose their instructions at run time), and floating-point results are the same everywhere, which is why
# contraction to fused multiply-add is off.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g0 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g")
if(REFLOW_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1") # their reports need lines only, and such a build takes long enough
endif()
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache leaves out what a precompiled header is compiled into, unless it is told that macros of time don't matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Programs find the library from wherever the build tree lies, and after installation.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")

# libreflow.so, and later shared objects, go to lib/; programs to the folder that says what they are.
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

# Options of our own code (generated code has none of the warnings).
add_library(reflow_settings INTERFACE)
target_include_directories(reflow_settings INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(reflow_settings INTERFACE
  -Wall -Wextra -Werror=return-type
  -Wno-missing-field-initializers # optional arguments are structs with designated initialisers
  -fvisibility=default            # exceptions cross the library's border
  -ffp-contract=off -fno-math-errno
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=) # objects don't depend on where the tree stands
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(reflow_settings INTERFACE -Wno-restrict) # GCC 12 sees overlaps in std::string that aren't there
endif()

if(REFLOW_SANITIZE)
  add_compile_options(-fsanitize=${REFLOW_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${REFLOW_SANITIZE})
  if(REFLOW_SANITIZE MATCHES "undefined")
    # Left out to compile in about a quarter less time: null pointers and objects that are too small, which the address
    # sanitizer mostly sees, and wrong dynamic types and alignments, which nothing here looks for.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=null,vptr,object-size,alignment)
  endif()
endif()
if(REFLOW_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(REFLOW_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
