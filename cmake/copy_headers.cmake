# Runs while installing: copies `headers`, and the headers of the project that they include, from `source` to
# `destination` below the prefix.

cmake_policy(VERSION 3.25) # install scripts have none
set(copied)
while(headers)
  list(POP_FRONT headers header)
  if(NOT header IN_LIST copied)
    list(APPEND copied ${header})
    cmake_path(GET header PARENT_PATH folder)
    file(INSTALL ${source}/${header} DESTINATION ${CMAKE_INSTALL_PREFIX}/${destination}/${folder})
    file(STRINGS ${source}/${header} includes REGEX "^#include \"reflow/")
    list(TRANSFORM includes REPLACE "^#include \"(.*)\".*" "\\1")
    list(APPEND headers ${includes})
  endif()
endwhile()
