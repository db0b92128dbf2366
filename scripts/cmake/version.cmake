# The version: what git says, or -DRELANCE_VERSION=…, in one generated source file of wiper/base. Asked at each build, and
# written only when it changed. This file is included by CMakeLists.txt and run as a script by its own target.
if(CMAKE_SCRIPT_MODE_FILE)
  if(NOT RELANCE_VERSION)
    execute_process(COMMAND git describe --always --dirty WORKING_DIRECTORY ${SOURCE_DIR}
      OUTPUT_VARIABLE RELANCE_VERSION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  if(NOT RELANCE_VERSION)
    set(RELANCE_VERSION dev) # Sources without git.
  endif()
  configure_file(${SOURCE_DIR}/wiper/base/version.cpp.in ${OUTPUT} @ONLY)
  return()
endif()

set(RELANCE_VERSION "" CACHE STRING "overrides what git says")
set(version_source ${CMAKE_BINARY_DIR}/version.cpp)
add_custom_target(version BYPRODUCTS ${version_source} COMMENT ""
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DOUTPUT=${version_source} -DRELANCE_VERSION=${RELANCE_VERSION}
          -P ${CMAKE_CURRENT_LIST_FILE})
target_sources(wiper_base PRIVATE ${version_source})
add_dependencies(wiper_base version)
