# The extension module reflow._core, and beside it the package, as `pip install .` lays them out: build/PRESET/python is
# what tests put on their path.

option(REFLOW_PYTHON "Build the Python extension" ON)
if(NOT REFLOW_PYTHON)
  return()
endif()

if(NOT Python_EXECUTABLE AND EXISTS ${PROJECT_SOURCE_DIR}/.venv/bin/python)
  set(Python_EXECUTABLE ${PROJECT_SOURCE_DIR}/.venv/bin/python)
endif()
find_package(Python 3.10 COMPONENTS Interpreter Development.Module NumPy REQUIRED)
execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
                OUTPUT_VARIABLE nanobind_DIR OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
find_package(nanobind CONFIG REQUIRED)

file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/src/*.cc)
nanobind_add_module(reflow_python NB_STATIC NOMINSIZE ${python_sources})
target_link_libraries(reflow_python PRIVATE reflow Python::NumPy)
reflow_precompile(reflow_python python)
set_target_properties(reflow_python PROPERTIES
  OUTPUT_NAME _core
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/python/reflow
  BUILD_RPATH "$ORIGIN/../../lib" INSTALL_RPATH "$ORIGIN")

# The package's Python files stay where they are; the build folder links to them.
add_custom_command(TARGET reflow_python POST_BUILD
  COMMAND ${Python_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/link_package.py
          ${PROJECT_SOURCE_DIR}/python/reflow ${PROJECT_BINARY_DIR}/python/reflow)
add_dependencies(reflow_python reflow_descriptor_set)
