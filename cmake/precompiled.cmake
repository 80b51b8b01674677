# Precompiled headers: most of a source's compile time is what it includes. Sources still include all that they use, so
# that the option changes nothing but the time.

option(REFLOW_PRECOMPILE "Compile cmake/precompiled/*.h once for the sources that include what they include" ON)

# Lets `target` use cmake/precompiled/NAME.h. The first target of a NAME compiles it, the others, whose options must be
# the same, share it.
function(reflow_precompile target name)
  if(NOT REFLOW_PRECOMPILE)
    return()
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang") # or a header that ccache brings from another tree would count as outdated
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  get_property(owner GLOBAL PROPERTY REFLOW_PRECOMPILED_${name})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    # In <>, so that the file which CMake writes is the same wherever the tree lies, and ccache finds it.
    target_precompile_headers(${target} PRIVATE <precompiled/${name}.h>)
    set_property(GLOBAL PROPERTY REFLOW_PRECOMPILED_${name} ${target})
  endif()
endfunction()
