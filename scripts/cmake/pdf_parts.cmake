# What a PDF certificate embeds, as one generated source file of wiper/certificate. The fonts are Debian's, also for a program
# that is built for another processor: a PDF is the same everywhere.
set(fonts Regular=/usr/share/fonts/truetype/lato/Lato-Regular.ttf:latin Bold=/usr/share/fonts/truetype/lato/Lato-Bold.ttf:latin
  Mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf:ascii)
set(profile /usr/share/color/icc/sRGB.icc)
set(parts_script ${CMAKE_CURRENT_LIST_DIR}/pdf_parts.py)
string(REGEX REPLACE "[A-Za-z]+=([^;:]+):[a-z]+" "\\1" font_files "${fonts}")
foreach(file ${font_files} ${profile})
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: scripts/setup build installs fonts-lato, fonts-dejavu-core and icc-profiles-free")
  endif()
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(parts_source ${CMAKE_BINARY_DIR}/pdf_parts.cpp)
add_custom_command(OUTPUT ${parts_source} COMMENT "" DEPENDS ${parts_script} ${font_files} ${profile}
  COMMAND ${Python3_EXECUTABLE} ${parts_script} ${parts_source} ${profile} ${fonts})
target_sources(wiper_certificate PRIVATE ${parts_source})
