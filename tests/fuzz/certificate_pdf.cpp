// A page that came by mail. The corpus has a real one.
#include "wiper/certificate/certificate_pdf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  (void)relance::read_certificate_pdf(std::as_bytes(std::span(bytes, size)));  // Only that it comes back is asked.
  return 0;
}
