# The libraries that the engine is linked with; docs/architecture.md says what each is for.

find_package(absl REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE) # seen by ops/linalg only, see rooms.cmake
find_package(fmt REQUIRED)
find_package(hwy REQUIRED)
find_package(GIF REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Snappy REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
find_path(UNISTRING_INCLUDE_DIR unictype.h REQUIRED)
find_library(UNISTRING_LIBRARY unistring REQUIRED)
# Optional: without gRPC, servers and distributed sessions are errors. The flavour without TLS, which TensorFlow's protocols
# don't use, needs no OpenSSL.
find_path(GRPC_INCLUDE_DIR grpcpp/grpcpp.h)
find_library(GRPCPP_LIBRARY grpc++_unsecure)
find_library(GRPC_LIBRARY grpc_unsecure)

add_library(reflow_dependencies INTERFACE)
target_include_directories(reflow_dependencies SYSTEM INTERFACE
  ${RE2_INCLUDE_DIR} ${UNISTRING_INCLUDE_DIR})
target_link_libraries(reflow_dependencies INTERFACE
  absl::base absl::cord absl::flat_hash_map absl::flat_hash_set absl::hash absl::inlined_vector absl::span
  absl::status absl::statusor absl::strings absl::synchronization absl::time
  fmt::fmt
  hwy::hwy
  protobuf::libprotobuf
  Snappy::snappy
  ${RE2_LIBRARY}
  ${UNISTRING_LIBRARY}
  Threads::Threads
  ZLIB::ZLIB
  GIF::GIF
  JPEG::JPEG
  PNG::PNG
  ${CMAKE_DL_LIBS})
