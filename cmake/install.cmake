include(GNUInstallDirs)
install(TARGETS reflow LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET reflow_command_line)
  install(TARGETS reflow_command_line RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The public headers: the C++ API and what it includes.
set(public_rooms base tensor graph client summary train transforms layers saved_model)
foreach(room IN LISTS public_rooms)
  if(EXISTS ${PROJECT_SOURCE_DIR}/src/reflow/${room})
    install(DIRECTORY src/reflow/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/reflow
            FILES_MATCHING PATTERN "*.h" PATTERN "*_proto.h" EXCLUDE PATTERN "graph_def.h" EXCLUDE)
  endif()
endforeach()
install(DIRECTORY src/reflow/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/reflow
        FILES_MATCHING PATTERN "reflow.h" PATTERN "*/*" EXCLUDE)

# The wheel (pyproject.toml): the extension with the library beside it.
if(TARGET reflow_python)
  install(TARGETS reflow_python reflow LIBRARY DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install(FILES ${PROTO_DESCRIPTOR_SET} DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
endif()
