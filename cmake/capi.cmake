# libtensorflow.so.1: TensorFlow's C interface (src/reflow/capi), a library of its own beside libreflow.so, which does the
# work. libtensorflow_framework.so.1 is empty: programs of TensorFlow 1.15 are often linked with both.

reflow_sources(capi_sources ${PROJECT_SOURCE_DIR}/src/reflow/capi)
set(capi_exports ${PROJECT_SOURCE_DIR}/cmake/capi_exports.map)
add_library(tensorflow SHARED ${capi_sources})
target_include_directories(tensorflow PUBLIC ${PROJECT_SOURCE_DIR}/src/reflow/capi/include)
target_link_libraries(tensorflow PRIVATE reflow)
target_link_options(tensorflow PRIVATE -Wl,--version-script=${capi_exports})
set_target_properties(tensorflow PROPERTIES DEFINE_SYMBOL "" LINK_DEPENDS ${capi_exports}) # no macro: it shares precompiled headers
reflow_precompile(tensorflow base)

file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/nothing.cc CONTENT "")
add_library(tensorflow_framework SHARED ${PROJECT_BINARY_DIR}/generated/nothing.cc)
target_link_options(tensorflow_framework PRIVATE -Wl,--no-as-needed)
target_link_libraries(tensorflow_framework PRIVATE tensorflow)
set_target_properties(tensorflow tensorflow_framework PROPERTIES
  VERSION 1.15.5 SOVERSION 1 BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")

# The program that calls each function: C, so that the header is.
if(REFLOW_TESTS)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT CMAKE_C_COMPILER) # sanitizers of two compilers don't go together
    string(REPLACE "clang++" "clang" CMAKE_C_COMPILER ${CMAKE_CXX_COMPILER})
  endif()
  enable_language(C)
  file(GLOB capi_program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/capi/program/*.c)
  add_executable(reflow_capi_program ${capi_program_sources})
  target_include_directories(reflow_capi_program PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(reflow_capi_program PRIVATE -pedantic -Wall -Wextra)
  target_link_libraries(reflow_capi_program PRIVATE tensorflow)
  set_target_properties(reflow_capi_program PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF LINKER_LANGUAGE CXX
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endif()
