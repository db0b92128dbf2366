# verif.html and guide.txt of wiper/audit, as one generated source file: a stick gets them from the program.
set(texts_folder ${CMAKE_SOURCE_DIR}/wiper/audit)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${texts_folder}/verif.html ${texts_folder}/guide.txt)
file(READ ${texts_folder}/verif.html verif_page)
file(READ ${texts_folder}/guide.txt auditor_guide)
set(texts_source ${CMAKE_BINARY_DIR}/checker_texts.cpp)
file(CONFIGURE OUTPUT ${texts_source} @ONLY CONTENT [=[
#include "wiper/audit/checker_texts.h"

namespace relance {

const std::string_view kVerifPage = R"~~~(@verif_page@)~~~";
const std::string_view kAuditorGuide = R"~~~(@auditor_guide@)~~~";

}  // namespace relance
]=])
target_sources(wiper_audit PRIVATE ${texts_source})
