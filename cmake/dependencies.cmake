# The libraries that the engine is linked with; docs/architecture.md says what each is for.

find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(hwy REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

# oneDNN's package file asks for OpenCL, which only its GPU engine needs.
find_path(ONEDNN_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(ONEDNN_LIBRARY dnnl REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX) # oneDNN's: to tell it how many threads to use

add_library(reflow_dependencies INTERFACE)
target_include_directories(reflow_dependencies SYSTEM INTERFACE ${ONEDNN_INCLUDE_DIR})
target_link_libraries(reflow_dependencies INTERFACE
  absl::base absl::cord absl::flat_hash_map absl::flat_hash_set absl::hash absl::inlined_vector absl::span
  absl::status absl::statusor absl::strings absl::synchronization absl::time
  fmt::fmt
  hwy::hwy
  protobuf::libprotobuf
  ${ONEDNN_LIBRARY}
  ${OpenMP_CXX_LIBRARIES}
  Threads::Threads
  ZLIB::ZLIB
  ${CMAKE_DL_LIBS})
