# Everything with a main(), tests apart.

function(reflow_program target folder)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE reflow)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder})
endfunction()

# src/reflow/tools: the command line `reflow`. All but main.cc is a library, so that tests reach it.
reflow_sources(tool_sources ${PROJECT_SOURCE_DIR}/src/reflow/tools)
if(tool_sources)
  find_package(CLI11 REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  # `reflow ops --missing` knows the ops of TensorFlow 1.15.
  set(op_list ${PROJECT_SOURCE_DIR}/tests/data/tf-1.15/ops.pbtxt.gz)
  set(op_names ${PROJECT_BINARY_DIR}/generated/tensorflow_op_names.inc)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
  add_custom_command(OUTPUT ${op_names}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/op_names.py ${op_list} ${op_names}
    DEPENDS ${op_list} ${PROJECT_SOURCE_DIR}/tools/op_names.py)
  set(tool_main ${tool_sources})
  list(FILTER tool_main INCLUDE REGEX "/main\\.cc$")
  list(FILTER tool_sources EXCLUDE REGEX "/main\\.cc$")
  if(tool_sources)
    add_library(reflow_tools STATIC ${tool_sources} ${op_names})
    target_include_directories(reflow_tools PRIVATE ${PROJECT_BINARY_DIR}/generated)
    target_link_libraries(reflow_tools PUBLIC reflow CLI11::CLI11 PRIVATE nlohmann_json::nlohmann_json)
  endif()
  if(tool_main)
    reflow_program(reflow_command_line bin ${tool_main})
    set_target_properties(reflow_command_line PROPERTIES OUTPUT_NAME reflow)
    target_link_libraries(reflow_command_line PRIVATE $<TARGET_NAME_IF_EXISTS:reflow_tools> CLI11::CLI11)
  endif()
endif()

# examples/NAME.cc: one program each.
if(REFLOW_EXAMPLES)
  file(GLOB example_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cc)
  foreach(file IN LISTS example_files)
    cmake_path(GET file STEM name)
    reflow_program(example_${name} examples ${file})
    set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name})
  endforeach()
endif()

# bench/*.cc: the workloads, one program with its own main. src/**/*_bench.cc: Google Benchmark cases of single parts.
if(REFLOW_BENCH)
  file(GLOB workload_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cc)
  if(workload_files)
    reflow_program(reflow_bench_main bench ${workload_files})
    target_link_libraries(reflow_bench_main PRIVATE tensorflow)
  endif()
  file(GLOB_RECURSE bench_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/*_bench.cc)
  if(bench_files)
    find_package(benchmark REQUIRED)
    reflow_program(reflow_bench bench ${bench_files})
    target_link_libraries(reflow_bench PRIVATE benchmark::benchmark_main)
  endif()
endif()

# tests/stress/NAME.cc: programs that load the engine for minutes; built when they are asked for (make stress).
file(GLOB stress_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/stress/*.cc)
foreach(file IN LISTS stress_files)
  cmake_path(GET file STEM name)
  reflow_program(${name} stress ${file})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}) # tests/kit
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
endforeach()

# NAME_fuzz.cc: one libFuzzer program each.
if(REFLOW_FUZZ)
  file(GLOB_RECURSE fuzz_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/reflow/*_fuzz.cc)
  foreach(file IN LISTS fuzz_files)
    cmake_path(GET file STEM name)
    reflow_program(${name} fuzz ${file})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}) # tests/kit
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
