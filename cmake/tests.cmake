# One test program for each room (for ops/, each area), from the *_test.cc beside the sources; tests/ has what crosses
# rooms, and tests/kit what tests share.

find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)

file(GLOB_RECURSE kit_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/kit/*.cc)
list(FILTER kit_sources EXCLUDE REGEX "_test\\.cc$")
add_library(reflow_test_settings INTERFACE)
target_include_directories(reflow_test_settings INTERFACE ${PROJECT_SOURCE_DIR}) # "tests/kit/npz.h"
target_link_libraries(reflow_test_settings INTERFACE
  reflow nlohmann_json::nlohmann_json GTest::gmock_main GTest::gmock GTest::gtest)
if(kit_sources)
  add_library(reflow_test_kit STATIC ${kit_sources})
  target_link_libraries(reflow_test_kit PUBLIC reflow_test_settings)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/kit/golden_file.cc PROPERTIES
    COMPILE_DEFINITIONS "REFLOW_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
endif()

set(test_timeout 900)
if(REFLOW_SANITIZE)
  set(test_timeout 3600) # such a build is not optimised
endif()
set(test_environment "REFLOW_TEST_DATA=${PROJECT_SOURCE_DIR}/tests/data")
if(REFLOW_SANITIZE MATCHES "address")
  list(APPEND test_environment "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan_suppressions.txt")
endif()
if(REFLOW_SANITIZE MATCHES "thread")
  list(APPEND test_environment
    "TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=${PROJECT_SOURCE_DIR}/tests/tsan_suppressions.txt")
endif()

# A test program of the sources in ARGN; nothing when there are none.
function(reflow_test target)
  if(NOT ARGN)
    return()
  endif()
  add_executable(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${target} PRIVATE $<TARGET_NAME_IF_EXISTS:reflow_test_kit> reflow_test_settings)
  reflow_precompile(${target} test)
  add_test(NAME ${target} COMMAND ${target} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${target} PROPERTIES
    TIMEOUT ${test_timeout}
    ENVIRONMENT "${test_environment}")
endfunction()

foreach(room IN LISTS REFLOW_ROOMS ITEMS tools capi)
  set(folder ${PROJECT_SOURCE_DIR}/src/reflow/${room})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*_test.cc)
  if(room STREQUAL "ops")
    file(GLOB areas LIST_DIRECTORIES true RELATIVE ${folder} CONFIGURE_DEPENDS ${folder}/*)
    foreach(area IN LISTS areas)
      if(IS_DIRECTORY ${folder}/${area})
        file(GLOB_RECURSE area_files CONFIGURE_DEPENDS ${folder}/${area}/*_test.cc)
        reflow_test(reflow_ops_${area}_test ${area_files})
      endif()
    endforeach()
    list(FILTER files EXCLUDE REGEX "/ops/[^/]+/") # files of ops/ itself
  endif()
  reflow_test(reflow_${room}_test ${files})
endforeach()
if(TARGET reflow_capi_test)
  target_link_libraries(reflow_capi_test PRIVATE tensorflow)
  add_dependencies(reflow_capi_test reflow_capi_program tensorflow_framework)
endif()
if(TARGET reflow_tools_test)
  target_link_libraries(reflow_tools_test PRIVATE $<TARGET_NAME_IF_EXISTS:reflow_tools>)
endif()

file(GLOB_RECURSE files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*_test.cc)
set(kit_tests ${files})
list(FILTER kit_tests INCLUDE REGEX "/tests/kit/[^/]+$")
list(FILTER files EXCLUDE REGEX "/tests/kit/[^/]+$")
reflow_test(reflow_kit_test ${kit_tests})
reflow_test(reflow_tests ${files})
if(TARGET reflow_tests)
  add_dependencies(reflow_tests reflow_descriptor_set)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/proto_test.cc PROPERTIES
    COMPILE_DEFINITIONS "REFLOW_DESCRIPTOR_SET=\"${PROTO_DESCRIPTOR_SET}\"")
endif()
