# Debian's static libraries. The same archives in every preset, so that tests run what ships.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)

# They call nothing of ours, so no exception ever passes through them: a release links copies without their tables for
# unwinding, a tenth of the whole program. (What a debugger shows above their functions goes with them.)
set(ARCHIVES_WITHOUT_UNWINDING crypto zstd)

# relance_archive(ext2fs com_err): libext2fs.a needs libcom_err.a.
function(relance_archive name)
  find_library(RELANCE_${name}_A NAMES ${name} REQUIRED)
  add_library(archive_${name} INTERFACE)
  set(archive ${RELANCE_${name}_A})
  if(RELANCE_STATIC AND name IN_LIST ARCHIVES_WITHOUT_UNWINDING)
    set(archive ${CMAKE_BINARY_DIR}/lib${name}.a)
    add_custom_command(OUTPUT ${archive} DEPENDS ${RELANCE_${name}_A}
      COMMAND ${CMAKE_OBJCOPY} --enable-deterministic-archives --remove-section=.eh_frame ${RELANCE_${name}_A} ${archive})
    add_custom_target(smaller_${name} DEPENDS ${archive})
    add_dependencies(archive_${name} smaller_${name})
  endif()
  list(TRANSFORM ARGN PREPEND archive_)
  target_link_libraries(archive_${name} INTERFACE ${archive} ${ARGN})
endfunction()

foreach(name uuid com_err tinfo crypto zstd qrcodegencpp blkid)
  relance_archive(${name})
endforeach()
relance_archive(ext2fs com_err)
relance_archive(ncursesw tinfo)
relance_archive(parted blkid uuid)

# libparted wants functions of libdevmapper, which has no archive, and calls system(): both are answered by our own file.
add_library(parted_shims STATIC ${CMAKE_SOURCE_DIR}/imager/partition/shims/parted.c)
target_link_libraries(archive_parted INTERFACE parted_shims)
target_link_options(archive_parted INTERFACE LINKER:--wrap=system)
