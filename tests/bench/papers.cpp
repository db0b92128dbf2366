// Pages for the README, of certificates as tests/golden/certificate has them.
//
//   certificate_papers FOLDER NAME.json…     writes FOLDER/NAME.pdf each, signed by a workshop that is gone when it ends.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/workshop.h"
#include "wiper/base/iso_time.h"
#include "wiper/certificate/certificate_pdf.h"
#include "wiper/crypto/cms.h"

namespace relance {
namespace {

Result<Bytes> page_of(const std::string& text) {
  const Certificate certificate = TRY(parse_certificate(text));
  const std::int64_t signed_s = seconds_of(certificate.times.certificate).value_or(kWorkshopBegan_s);
  const SigningKey signer = workshop().signer;
  SignedCertificate contents{.text = text, .cms = {}, .ssh = {}};
  contents.cms = TRY(cms_sign(as_bytes(text), signer.key, signer.certificate, signed_s));
  const PaperWish wish{.root_fingerprint = to_hex(workshop().root.fingerprint())};
  return certificate_pdf(certificate, contents, wish, signed_s, signer);
}

int run(const std::filesystem::path& folder, const std::filesystem::path& file) {
  std::ifstream opened(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(opened), {}};
  const Result<Bytes> page = page_of(text);
  if (!page.ok()) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), page.error().detail.c_str());
    return 1;
  }
  std::ofstream made(folder / file.stem().concat(".pdf"), std::ios::binary);
  made << as_text(page.value());
  return made.flush() ? 0 : 1;
}

}  // namespace
}  // namespace relance

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: certificate_papers FOLDER NAME.json…\n");
    return 2;
  }
  int worst = 0;
  for (int i = 2; i < count; ++i) worst |= relance::run(words[1], words[i]);
  return worst;
}
