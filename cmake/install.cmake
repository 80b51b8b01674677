include(GNUInstallDirs)
install(TARGETS reflow LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET reflow_command_line)
  install(TARGETS reflow_command_line RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The public headers, the C++ API and what it includes, in `destination`; the arguments behind go to install().
set(public_rooms base tensor graph client contrib summary train transforms layers saved_model)
function(install_public_headers destination)
  foreach(room IN LISTS public_rooms)
    if(EXISTS ${PROJECT_SOURCE_DIR}/src/reflow/${room})
      install(DIRECTORY src/reflow/${room} DESTINATION ${destination}/reflow ${ARGN}
              FILES_MATCHING PATTERN "*.h" PATTERN "*_proto.h" EXCLUDE PATTERN "graph_def.h" EXCLUDE)
    endif()
  endforeach()
  install(FILES src/reflow/reflow.h DESTINATION ${destination}/reflow ${ARGN})
  install(FILES src/reflow/formats/example_builder.h DESTINATION ${destination}/reflow/formats ${ARGN})
endfunction()

install_public_headers(${CMAKE_INSTALL_INCLUDEDIR})

# The wheel (pyproject.toml): the extension with the library beside it, and what tf.sysconfig tells of.
if(TARGET reflow_python)
  install(TARGETS reflow_python reflow LIBRARY DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install(FILES ${PROTO_DESCRIPTOR_SET} DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install_public_headers(reflow/include COMPONENT python EXCLUDE_FROM_ALL)
endif()
