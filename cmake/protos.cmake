# Generated protobuf code. It is compiled once and linked into libreflow.so only: two copies in one process would
# register the same messages twice. Includes read `tensorflow/core/framework/graph.pb.h`.

set(PROTO_ROOT ${PROJECT_SOURCE_DIR}/proto)
set(PROTO_OUT ${PROJECT_BINARY_DIR}/proto)

if(REFLOW_SANITIZE MATCHES "thread")
  # For the thread sanitizer protobuf's header gives each map two members more, which the maps of Debian's library and of
  # the generated code, compiled without it, don't have.
  file(CONFIGURE OUTPUT ${PROTO_OUT}/google/protobuf/map_field.h @ONLY CONTENT [[
#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
]])
endif()

file(GLOB_RECURSE proto_files RELATIVE ${PROTO_ROOT} CONFIGURE_DEPENDS ${PROTO_ROOT}/*.proto)
set(all_proto_files ${proto_files})
# Described by proto/, but no part of the engine speaks them yet.
list(FILTER proto_files EXCLUDE REGEX "core/(profiler|grappler|debug)/|contrib/session_bundle/")

set(proto_sources)
set(proto_headers)
foreach(proto IN LISTS proto_files)
  string(REGEX REPLACE "\\.proto$" "" stem ${proto})
  set(outputs ${PROTO_OUT}/${stem}.pb.cc ${PROTO_OUT}/${stem}.pb.h)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND protobuf::protoc --proto_path=${PROTO_ROOT} --cpp_out=${PROTO_OUT} ${proto}
    DEPENDS ${PROTO_ROOT}/${proto}
    COMMENT "protoc ${proto}"
    VERBATIM)
  list(APPEND proto_sources ${PROTO_OUT}/${stem}.pb.cc)
  list(APPEND proto_headers ${PROTO_OUT}/${stem}.pb.h)
endforeach()
file(MAKE_DIRECTORY ${PROTO_OUT})

add_custom_target(reflow_proto_headers DEPENDS ${proto_headers})
target_include_directories(reflow_dependencies SYSTEM INTERFACE ${PROTO_OUT})
if(proto_sources)
  add_library(reflow_protos OBJECT ${proto_sources})
  target_compile_options(reflow_protos PRIVATE -w $<$<CONFIG:Debug>:-g0 -fno-sanitize=all>) # nobody debugs generated code
  target_link_libraries(reflow_protos PRIVATE reflow_dependencies)
endif()

# All of proto/ in one serialized FileDescriptorSet, imports before their users. It lies in the Python package, whose
# messages are made from it.
set(PROTO_DESCRIPTOR_SET ${PROJECT_BINARY_DIR}/python/reflow/reflow.descriptors)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/python/reflow)
set(all_proto_paths ${all_proto_files})
list(TRANSFORM all_proto_paths PREPEND ${PROTO_ROOT}/)
add_custom_command(
  OUTPUT ${PROTO_DESCRIPTOR_SET}
  COMMAND protobuf::protoc --proto_path=${PROTO_ROOT} --include_imports --descriptor_set_out=${PROTO_DESCRIPTOR_SET}
          ${all_proto_files}
  DEPENDS ${all_proto_paths}
  COMMENT "protoc reflow.descriptors"
  VERBATIM)
add_custom_target(reflow_descriptor_set ALL DEPENDS ${PROTO_DESCRIPTOR_SET})
