# Warnings, hardening and reproducible paths. Included before any target: options below a target do not reach it.
option(RELANCE_STATIC "one file, no libc beside it" OFF)
option(RELANCE_WERROR "warnings are errors" OFF)
option(RELANCE_PCH "precompile the standard headers: for whole builds in CI; not for a release, whose bytes it changes and which checks that every file includes what it uses" OFF)
option(RELANCE_FUZZ "fuzzers search; otherwise they replay their corpus" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  # The base folder lets two clones share what they compiled; without the sloppiness ccache keeps nothing that was
  # compiled with a precompiled header.
  set(launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

add_compile_options(
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion "$<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>"
  -ffunction-sections -fdata-sections -fstack-protector-strong -fstack-clash-protection
  -D_GLIBCXX_ASSERTIONS)

# Assertions and OpenSSL's macros name the file they stand in. ccache names what lies below its base folder as seen from the
# build folder: without the relative maps a program out of the cache has other bytes than a fresh one.
function(relance_map_paths folder name)
  cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_VARIABLE from_build)
  add_compile_options(-ffile-prefix-map=${folder}=${name} -ffile-prefix-map=${from_build}=${name})
endfunction()
relance_map_paths(${CMAKE_SOURCE_DIR} .)
add_compile_options(-ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
if(CMAKE_SYSROOT)
  relance_map_paths(${CMAKE_SYSROOT} "")
endif()
if(RELANCE_WERROR)
  add_compile_options(-Werror)
endif()
if(RELANCE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
add_link_options(LINKER:--gc-sections LINKER:-z,relro,-z,now)

if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  add_compile_definitions(_FILE_OFFSET_BITS=64) # Never _TIME_BITS=64: ext2_filsys holds a time_t, the fields behind it would move.
endif()
if(RELANCE_STATIC)
  # Not -static-pie: i386's libc.a does not link that way, and `file` does not call the result "statically linked".
  add_compile_options(-fno-pie)
  add_link_options(-static)
endif()
