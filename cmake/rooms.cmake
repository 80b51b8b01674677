# Each folder of src/reflow is a room (docs/architecture.md): one object library of its sources. Object libraries,
# because a static library would drop the files that only register themselves. A new file or room needs no entry here.

# The sources below `folder`, without the ones that are programs of their own.
function(reflow_sources result folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/distributed/grpc/") # a library of its own, see grpc.cmake
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

file(GLOB room_folders LIST_DIRECTORIES true CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/*)
set(REFLOW_ROOMS)
foreach(folder IN LISTS room_folders)
  cmake_path(GET folder FILENAME room)
  if(IS_DIRECTORY ${folder} AND NOT room MATCHES "^(capi|tools|python)$")
    list(APPEND REFLOW_ROOMS ${room})
  endif()
endforeach()

set(room_objects)
foreach(room IN LISTS REFLOW_ROOMS)
  reflow_sources(sources ${PROJECT_SOURCE_DIR}/src/reflow/${room})
  if(sources)
    add_library(reflow_${room} OBJECT ${sources})
    target_link_libraries(reflow_${room} PRIVATE reflow_settings reflow_dependencies)
    add_dependencies(reflow_${room} reflow_proto_headers)
    if(room STREQUAL "ops")
      reflow_precompile(reflow_${room} op)
    elseif(room MATCHES "^(client|contrib|eager|layers|summary|train)$")
      reflow_precompile(reflow_${room} client)
    else()
      reflow_precompile(reflow_${room} base)
    endif()
    list(APPEND room_objects $<TARGET_OBJECTS:reflow_${room}>)
  endif()
endforeach()
if(TARGET reflow_ops)
  target_compile_options(reflow_ops PRIVATE $<$<CONFIG:Release>:-O3>) # kernels: let the compiler vectorise
  # Eigen for linear algebra only: other sources don't see it. It vectorises by itself, and -O3 takes twice as long.
  file(GLOB linalg_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/ops/linalg/*.cc)
  get_target_property(eigen_include Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  set(linalg_options -isystem ${eigen_include} -Wno-maybe-uninitialized $<$<CONFIG:Release>:-O2>)
  set_source_files_properties(${linalg_sources} PROPERTIES COMPILE_OPTIONS "${linalg_options}" SKIP_PRECOMPILE_HEADERS ON)
  include(cmake/decompositions.cmake)
endif()

# GCC takes the intrinsics' immediate arguments for such only once it inlines, which -O0 doesn't: sources that are compiled
# for several instruction sets.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Debug")
  reflow_sources(sources ${PROJECT_SOURCE_DIR}/src/reflow)
  foreach(source IN LISTS sources)
    file(STRINGS ${source} found REGEX "^#include .hwy/foreach_target" LIMIT_COUNT 1)
    if(found)
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -O1 SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endif()

if(TARGET reflow_protos)
  list(APPEND room_objects $<TARGET_OBJECTS:reflow_protos>)
endif()
if(NOT room_objects)
  message(FATAL_ERROR "Nothing to build: neither proto/ nor src/reflow/ has a source")
endif()
add_library(reflow SHARED ${room_objects})
# What the tree's own programs are compiled and linked with too; users of the installed library need none of it.
target_link_libraries(reflow PUBLIC $<BUILD_INTERFACE:reflow_settings> $<BUILD_INTERFACE:reflow_dependencies>)
target_compile_features(reflow INTERFACE cxx_std_20)
add_dependencies(reflow reflow_proto_headers)
set_target_properties(reflow PROPERTIES LINKER_LANGUAGE CXX BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")

# The library as wheels have it: of the same objects, without the thousands of symbols that only the tree's tests and tools
# use, and without what nobody calls then.
set(exports ${PROJECT_SOURCE_DIR}/cmake/wheel_exports.map)
add_library(reflow_of_wheels SHARED EXCLUDE_FROM_ALL ${room_objects})
target_link_libraries(reflow_of_wheels PRIVATE reflow_dependencies)
target_link_options(reflow_of_wheels PRIVATE -Wl,--version-script=${exports} -Wl,--gc-sections)
set_target_properties(reflow_of_wheels PROPERTIES OUTPUT_NAME reflow LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/wheel
                      LINKER_LANGUAGE CXX LINK_DEPENDS ${exports} BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")

# What registers ops runs once, in each process: side by side it is 1 MB of pages, spread over the code it brings most of that
# into memory. Other linkers than mold put it together by themselves.
if(MOLD)
  foreach(library reflow reflow_of_wheels)
    target_link_options(${library} PRIVATE -Wl,-z,keep-text-section-prefix)
  endforeach()
endif()

set_source_files_properties(${PROJECT_SOURCE_DIR}/src/reflow/base/version.cc PROPERTIES
                            COMPILE_DEFINITIONS REFLOW_VERSION="${PROJECT_VERSION}")
