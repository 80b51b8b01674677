# libreflow_grpc.so: the transport of the distributed runtime. It lies beside libreflow.so, which opens it when a program
# first makes a server or a distributed session. It takes and gives bytes, so that messages stay in libreflow.so.

if(NOT GRPC_INCLUDE_DIR OR NOT GRPCPP_LIBRARY OR NOT GRPC_LIBRARY)
  message(STATUS "gRPC not found: servers and distributed sessions will be errors")
  return()
endif()

file(GLOB grpc_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/distributed/grpc/*.cc)
add_library(reflow_grpc SHARED ${grpc_sources})
target_link_libraries(reflow_grpc PRIVATE reflow_settings absl::status absl::statusor absl::strings absl::synchronization
                                          fmt::fmt ${GRPCPP_LIBRARY} ${GRPC_LIBRARY} Threads::Threads)
target_include_directories(reflow_grpc SYSTEM PRIVATE ${GRPC_INCLUDE_DIR})
set_target_properties(reflow_grpc PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
# Whoever builds the library gets what it opens.
add_dependencies(reflow reflow_grpc)
