# What `make install` puts below a prefix: the library with its public headers, what lets other builds find it
# (find_package(Reflow), `pkg-config reflow`), and the command line.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The public headers: those below, and what they include of src/reflow, so that none needs a header from outside the C++
# library. `destination` is relative to the prefix; the arguments behind go to install().
set(public_headers
  reflow/reflow.h
  reflow/client/conv_ops.h
  reflow/client/sampled_losses.h
  reflow/contrib/learn/datasets/input_data.h
  reflow/layers/layers.h
  reflow/layers/rnn.h)
function(install_public_headers destination)
  install(CODE "
    set(source \"${PROJECT_SOURCE_DIR}/src\")
    set(destination \"${destination}\")
    set(headers \"${public_headers}\")
    include(\"${PROJECT_SOURCE_DIR}/cmake/copy_headers.cmake\")" ${ARGN})
endfunction()

if(REFLOW_ENGINE)
  install(FILES $<TARGET_FILE:reflow> DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install(FILES ${REFLOW_ENGINE_GRPC} DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL OPTIONAL)
  install(CODE "
    if(CMAKE_INSTALL_DO_STRIP)
      file(GLOB libraries \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/reflow/libreflow*.so\")
      execute_process(COMMAND ${CMAKE_STRIP} \${libraries})
    endif()" COMPONENT python EXCLUDE_FROM_ALL)
else()
  install(TARGETS reflow EXPORT reflow LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  if(TARGET reflow_grpc)
    install(TARGETS reflow_grpc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(TARGETS reflow_grpc LIBRARY DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  endif()
  install_public_headers(${CMAKE_INSTALL_INCLUDEDIR})
  install(TARGETS tensorflow tensorflow_framework LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/reflow/capi/include/tensorflow DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/tensorflow.pc.in ${PROJECT_BINARY_DIR}/tensorflow.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/tensorflow.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  if(TARGET reflow_command_line)
    install(TARGETS reflow_command_line RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()

  # The library needs nothing of those who link it, so that the exported target is the whole package file.
  set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Reflow)
  install(EXPORT reflow NAMESPACE Reflow:: FILE ReflowConfig.cmake DESTINATION ${package_folder})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/ReflowConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/ReflowConfigVersion.cmake DESTINATION ${package_folder})

  configure_file(${PROJECT_SOURCE_DIR}/cmake/reflow.pc.in ${PROJECT_BINARY_DIR}/reflow.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/reflow.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  install(TARGETS reflow LIBRARY DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
endif()

# The Python package (pyproject.toml) besides its Python files: the extension, the library beside it, the messages, and
# what tf.sysconfig tells of.
if(TARGET reflow_python)
  install(TARGETS reflow_python LIBRARY DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install(FILES ${PROTO_DESCRIPTOR_SET} DESTINATION reflow COMPONENT python EXCLUDE_FROM_ALL)
  install_public_headers(reflow/include COMPONENT python EXCLUDE_FROM_ALL)
endif()
