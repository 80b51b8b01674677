# The engine of another build tree of these sources, REFLOW_ENGINE, which is brought up to date before what uses it is
# built: the wheels for several Pythons share one engine, and with `make` too.

cmake_path(ABSOLUTE_PATH REFLOW_ENGINE BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE engine)
if(NOT EXISTS ${engine}/build.ninja)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${engine} -G Ninja -DCMAKE_BUILD_TYPE=Release
                          -DREFLOW_PYTHON=OFF -DREFLOW_TESTS=OFF -DREFLOW_EXAMPLES=OFF -DREFLOW_BENCH=OFF
                  COMMAND_ERROR_IS_FATAL ANY)
  file(TOUCH ${engine}/engine_only) # make configures it again
endif()

# With gRPC where there is one, see grpc.cmake.
set(REFLOW_ENGINE_GRPC ${engine}/lib/libreflow_grpc.so)
set(engine_targets reflow_of_wheels reflow_descriptor_set)
if(GRPC_INCLUDE_DIR AND GRPCPP_LIBRARY AND GRPC_LIBRARY)
  list(APPEND engine_targets reflow_grpc)
endif()

set(PROTO_DESCRIPTOR_SET ${engine}/python/reflow/reflow.descriptors)
add_custom_target(reflow_engine
  COMMAND ${CMAKE_COMMAND} --build ${engine} --target ${engine_targets}
  BYPRODUCTS ${engine}/wheel/libreflow.so ${PROTO_DESCRIPTOR_SET}
  COMMENT "The engine in ${engine}"
  USES_TERMINAL VERBATIM)
add_custom_target(reflow_descriptor_set DEPENDS reflow_engine)

add_library(reflow SHARED IMPORTED)
file(MAKE_DIRECTORY ${engine}/proto)
set_target_properties(reflow PROPERTIES
  IMPORTED_LOCATION ${engine}/wheel/libreflow.so
  IMPORTED_SONAME libreflow.so
  INTERFACE_INCLUDE_DIRECTORIES ${engine}/proto
  INTERFACE_LINK_LIBRARIES "reflow_settings;reflow_dependencies")
add_dependencies(reflow reflow_engine)
