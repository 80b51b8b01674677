# The parts of src/reflow/ops/linalg/decompositions_parts.h: sources made from decompositions.cc.in, one for each type, part
# and instruction set, since Eigen's decompositions of all types together take minutes to compile. Those for AVX2 only in the
# release build: elsewhere inline functions that aren't inlined, compiled so, could be the ones that all others call. Eigen
# has another namespace in these, because the linker would keep one copy of each of its templates for all sources, maybe one
# that doesn't run everywhere.
set(instruction_sets portable)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND instruction_sets avx2)
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/reflow/ops/linalg/decompositions.cc
               APPEND PROPERTY COMPILE_DEFINITIONS REFLOW_AVX2_DECOMPOSITIONS)
endif()
foreach(instruction_set IN LISTS instruction_sets)
  set(eigen)
  set(options ${linalg_options})
  if(instruction_set STREQUAL "avx2")
    set(eigen "#define Eigen EigenAvx2")
    list(APPEND options -mavx2 -mfma)
  endif()
  foreach(type float double std::complex<float> std::complex<double>)
    string(REGEX REPLACE "[^a-z]+" "_" name ${type})
    foreach(part svd factors)
      set(source ${PROJECT_BINARY_DIR}/generated/decompositions/${part}_${name}_${instruction_set}.cc)
      configure_file(${PROJECT_SOURCE_DIR}/src/reflow/ops/linalg/decompositions.cc.in ${source} @ONLY)
      target_sources(reflow_ops PRIVATE ${source})
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${options}" SKIP_PRECOMPILE_HEADERS ON)
    endforeach()
  endforeach()
endforeach()
