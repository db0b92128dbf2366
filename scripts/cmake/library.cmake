# The words in which the house is declared: relance_library, relance_program, relance_test, relance_fuzz.

# One precompiled header for all libraries and one, with doctest, for all tests: parsing the standard library is 40 % of
# a sanitizer build.
set(STANDARD_HEADERS <algorithm> <array> <atomic> <chrono> <functional> <map> <memory> <mutex> <optional> <set> <span>
  <string> <string_view> <tuple> <variant> <vector>)
function(relance_precompile target kind)
  if(NOT RELANCE_PCH)
    return()
  endif()
  if(NOT TARGET precompiled_${kind})
    file(WRITE ${CMAKE_BINARY_DIR}/precompiled_${kind}.cpp "")
    add_library(precompiled_${kind} OBJECT ${CMAKE_BINARY_DIR}/precompiled_${kind}.cpp)
    target_precompile_headers(precompiled_${kind} PRIVATE ${STANDARD_HEADERS} ${ARGN})
  endif()
  target_precompile_headers(${target} REUSE_FROM precompiled_${kind})
endfunction()

# Folders with loops over a drive's bytes. A release is built small elsewhere: GRUB reads it, and a PC with 64 MB holds it.
set(FOLDERS_FOR_SPEED wiper/base wiper/crypto wiper/device wiper/content wiper/sweep wiper/linux imager/format)

# relance_library(folder USES folder… LINKS archive…): one folder, one library, one line.
# What it USES must stand above it, so that an upward arrow cannot be configured; tests/house holds every #include
# against these lines. A main.cpp is left to relance_program.
function(relance_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 LIBRARY "" "" "USES;LINKS")
  string(REPLACE / _ target ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp ${CMAKE_SOURCE_DIR}/${folder}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    message(FATAL_ERROR "${folder}: a library without a source file")
  endif()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  if(RELANCE_STATIC AND NOT folder IN_LIST FOLDERS_FOR_SPEED)
    target_compile_options(${target} PRIVATE -Os)
  endif()
  relance_precompile(${target} library)
  foreach(used IN LISTS LIBRARY_USES)
    string(REPLACE / _ used_target ${used})
    if(NOT TARGET ${used_target})
      message(FATAL_ERROR "${folder} uses ${used}, which is not declared above it: the arrow points upwards")
    endif()
    target_link_libraries(${target} PUBLIC ${used_target})
  endforeach()
  list(TRANSFORM LIBRARY_LINKS PREPEND archive_)
  target_link_libraries(${target} PRIVATE ${LIBRARY_LINKS})
  set_property(GLOBAL APPEND PROPERTY RELANCE_LIBRARIES "${folder}:${LIBRARY_USES}")
endfunction()

# relance_program(relance tui/cli): folder/main.cpp as a program. A release keeps its symbols beside it, as NAME.symbols.
function(relance_program name folder)
  string(REPLACE / _ target ${folder})
  add_executable(${name} ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
  target_link_libraries(${name} PRIVATE ${target})
  if(RELANCE_STATIC)
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:${name}> $<TARGET_FILE:${name}>.symbols
      COMMAND ${CMAKE_STRIP} $<TARGET_FILE:${name}>)
  endif()
endfunction()

# Builds and registers one test program. For each of its labels there is a target tests_LABEL, which builds only what
# ctest -L LABEL runs. What may take longest starts first.
function(relance_add_test name program)
  cmake_parse_arguments(PARSE_ARGV 2 TEST "" "TIMEOUT" "LABELS;ARGUMENTS")
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * 10") # An emulated processor is ten times slower.
  endif()
  add_test(NAME ${name} COMMAND ${program} ${TEST_ARGUMENTS} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set(supp ${CMAKE_SOURCE_DIR}/tests/support)
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT} COST ${TEST_TIMEOUT} SKIP_RETURN_CODE 77
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${supp}/lsan.supp:print_suppressions=0;UBSAN_OPTIONS=print_stacktrace=1")
  foreach(label IN LISTS TEST_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    if(TARGET ${program})
      add_dependencies(tests_${label} ${program})
    endif()
  endforeach()
endfunction()

# relance_test(folder LABELS label… USES library… [TIMEOUT seconds] [ARGUMENTS …]): tests/<folder>/*.cpp as one doctest
# program, run in the source folder. For a library's own tests, USES is that library only.
function(relance_test folder)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "TIMEOUT" "LABELS;USES;ARGUMENTS")
  string(REPLACE / _ target ${folder})
  string(REPLACE / _ uses "${TEST_USES}")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT TARGET doctest_main)
    add_library(doctest_main OBJECT ${CMAKE_SOURCE_DIR}/tests/support/doctest_main.cpp)
    target_include_directories(doctest_main PRIVATE ${CMAKE_SOURCE_DIR})
  endif()
  add_executable(test_${target} ${sources} $<TARGET_OBJECTS:doctest_main>)
  target_include_directories(test_${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(test_${target} PRIVATE ${uses})
  relance_precompile(test_${target} test <doctest/doctest.h>)
  relance_add_test(${folder} test_${target} LABELS ${TEST_LABELS} TIMEOUT "${TEST_TIMEOUT}" ARGUMENTS ${TEST_ARGUMENTS})
endfunction()

# relance_fuzz(name USES library…): tests/fuzz/NAME.cpp with LLVMFuzzerTestOneInput, started from tests/corpus/NAME.
# Under the address sanitizer it searches, for RELANCE_FUZZ_SECONDS, always from the same seed (another one by hand:
# build/asan/tests/fuzz_NAME -seed=0); every other preset only replays the corpus.
set(RELANCE_FUZZ_SECONDS 4 CACHE STRING "how long each fuzzer searches in a test run")
function(relance_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 FUZZ "" "" "USES")
  string(REPLACE / _ uses "${FUZZ_USES}")
  set(corpus ${CMAKE_SOURCE_DIR}/tests/corpus/${name})
  add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.cpp)
  target_link_libraries(fuzz_${name} PRIVATE ${uses})
  if(RELANCE_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set(found ${CMAKE_BINARY_DIR}/corpus/${name}) # What the search adds lands here, not among the sources.
    file(MAKE_DIRECTORY ${found})
    relance_add_test(fuzz/${name} fuzz_${name} LABELS fuzz TIMEOUT 900 ARGUMENTS
      -seed=1 -max_total_time=${RELANCE_FUZZ_SECONDS} -rss_limit_mb=1024 -timeout=10 -artifact_prefix=${CMAKE_BINARY_DIR}/
      ${found} ${corpus})
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/replay_main.cpp)
    relance_add_test(corpus/${name} fuzz_${name} LABELS unit ARGUMENTS ${corpus})
  endif()
endfunction()

# relance_house(name): tests/house/NAME.py twice: on the sources, and on planted faults, each of which it must find.
find_package(Python3 COMPONENTS Interpreter)
function(relance_house name)
  set(script ${CMAKE_SOURCE_DIR}/tests/house/${name}.py)
  relance_add_test(house/${name} ${Python3_EXECUTABLE} LABELS house ARGUMENTS ${script})
  relance_add_test(house/${name}/planted ${Python3_EXECUTABLE} LABELS house ARGUMENTS ${script} --planted)
endfunction()

# relance_chain(name LABELS label… [TIMEOUT seconds] [ARGUMENTS …]): tests/chain/NAME.sh, which drives the real program.
function(relance_chain name)
  cmake_parse_arguments(PARSE_ARGV 1 CHAIN "" "TIMEOUT" "LABELS;ARGUMENTS")
  relance_add_test(chain/${name} bash LABELS ${CHAIN_LABELS} TIMEOUT "${CHAIN_TIMEOUT}" ARGUMENTS
    ${CMAKE_SOURCE_DIR}/tests/chain/${name}.sh $<TARGET_FILE:relance> ${CHAIN_ARGUMENTS})
  foreach(label IN LISTS CHAIN_LABELS)
    add_dependencies(tests_${label} relance)
  endforeach()
endfunction()
