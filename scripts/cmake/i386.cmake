# 32 bit, for processors without SSE: the host's g++ on Debian's i386 packages, unpacked by scripts/sysroot.
# g++'s default here is -march=i686 -mfpmath=387; naming a -march would only change the tuning.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_LIBRARY_ARCHITECTURE i386-linux-gnu)
cmake_path(SET CMAKE_SYSROOT NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot-i386)
if(NOT EXISTS ${CMAKE_SYSROOT}/.complete)
  message(FATAL_ERROR "no i386 libraries yet: run scripts/sysroot")
endif()
set(gcc32 ${CMAKE_SYSROOT}/usr/lib/gcc/i686-linux-gnu/12)
set(CMAKE_C_COMPILER gcc-12)
set(CMAKE_CXX_COMPILER g++-12)
set(CMAKE_C_FLAGS_INIT "-m32 -B${gcc32}")
set(CMAKE_CXX_FLAGS_INIT "-m32 -B${gcc32} -nostdinc++ -isystem ${CMAKE_SYSROOT}/usr/include/c++/12 -isystem ${CMAKE_SYSROOT}/usr/include/i386-linux-gnu/c++/12")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -L${gcc32}")
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
# ctest runs test programs on a Pentium II, which stops at the first SSE instruction; qemu's pentium3 executes SSE2 as well.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-i386 -cpu pentium2)
