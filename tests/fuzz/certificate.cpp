// A certificate's JSON, from a stick or a donor's archive.
#include "wiper/audit/contradiction.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto certificate = relance::parse_certificate(relance::as_text(std::as_bytes(std::span(bytes, size))));
  if (certificate.ok()) (void)relance::find_contradiction(certificate.value());  // Only that it comes back is asked.
  return 0;
}
