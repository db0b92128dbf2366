#include "wiper/certificate/certificate.h"

namespace relance {
namespace {

constexpr std::size_t kLongestText = std::size_t{16} << 20;  // 100 000 bad ranges, the limit of a sweep, take 9 MB.

Error wrong(std::string why) { return {Errc::Corrupt, Stop::CertificateWrong, "certificate: " + std::move(why)}; }

}  // namespace

std::string certificate_text(const Certificate& certificate) { return to_json_pretty(to_value(certificate)); }

Result<Certificate> parse_certificate(std::string_view text) {
  if (text.size() > kLongestText) return wrong("too long");
  const Result<Value> tree = parse_json(text);
  if (!tree.ok()) return wrong(tree.error().detail);
  const Result<std::string> format = tree.value().text_at("format");
  if (!format.ok() || format.value() != kCertificateFormat) return wrong("not a certificate of ours");
  const Value* const version = tree.value().member("version");
  if (version == nullptr || *version != Value(kCertificateVersion))
    return wrong("of another version; take a newer program");
  Result<Certificate> certificate = from_value<Certificate>(tree.value());
  if (!certificate.ok()) return wrong(certificate.error().detail);
  if (certificate_text(certificate.value()) != text) return wrong("it says more than we read, or spells it otherwise");
  return certificate;
}

}  // namespace relance
