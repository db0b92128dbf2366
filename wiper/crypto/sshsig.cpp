#include "wiper/crypto/sshsig.h"

#include <algorithm>
#include <utility>

namespace relance {
namespace {

constexpr std::string_view kMagic = "SSHSIG";
constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kKeyType = "ecdsa-sha2-nistp256";
constexpr std::string_view kHash = "sha256";
constexpr std::size_t kLine = 70;
constexpr std::size_t kLongest = 4096;  // Ours have 500 bytes.
constexpr std::size_t kHalf = 32;

// What SSH calls a string: a length of 32 bits, then the bytes.
class Blob {
 public:
  Blob& plain(std::string_view text) { return append(as_bytes(text)); }
  Blob& number(std::uint32_t value) {
    std::array<std::byte, 4> bytes{};
    store_be(std::span<std::byte>(bytes), value);
    return append(bytes);
  }
  Blob& string(std::span<const std::byte> bytes) {
    return number(static_cast<std::uint32_t>(bytes.size())).append(bytes);
  }
  Blob& string(std::string_view text) { return string(as_bytes(text)); }
  // Without leading zeros, but for one that keeps the number positive.
  Blob& positive(std::span<const std::byte> big_endian) {
    const auto first = std::ranges::find_if(big_endian, [](std::byte each) { return each != std::byte{0}; });
    Bytes number(first, big_endian.end());
    if (!number.empty() && (number[0] & std::byte{0x80}) != std::byte{0}) number.insert(number.begin(), std::byte{0});
    return string(number);
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Blob& append(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Bytes bytes_;
};

Bytes key_blob(const PublicPoint& point) { return Blob().string(kKeyType).string("nistp256").string(point).bytes(); }

// What is signed in place of the bytes.
Bytes signed_blob(std::span<const std::byte> bytes, std::string_view name_space) {
  return Blob().plain(kMagic).string(name_space).string("").string(kHash).string(sha256(bytes)).bytes();
}

std::string armoured(const PublicPoint& point, std::string_view name_space, const RawSignature& signature) {
  const std::span<const std::byte> both(signature);
  const Bytes pair = Blob().positive(both.first(kHalf)).positive(both.last(kHalf)).bytes();
  const Bytes inner = Blob().string(kKeyType).string(pair).bytes();
  const Bytes blob = Blob()
                         .plain(kMagic)
                         .number(1)
                         .string(key_blob(point))
                         .string(name_space)
                         .string("")
                         .string(kHash)
                         .string(inner)
                         .bytes();
  const std::string base64 = to_base64(blob);
  std::string text(kBegin);
  for (std::size_t at = 0; at < base64.size(); at += kLine) text += base64.substr(at, kLine) + "\n";
  return text + std::string(kEnd);
}

// The two numbers at the end of the blob; nothing if they are not there. Whether all else is right is seen when the text
// is made again from them.
std::optional<RawSignature> numbers_of(std::string_view text) {
  if (text.size() > kLongest || !text.starts_with(kBegin) || !text.ends_with(kEnd) ||
      text.size() < kBegin.size() + kEnd.size())
    return std::nullopt;
  std::string base64(text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size()));
  std::erase(base64, '\n');
  const std::optional<Bytes> blob = from_base64(base64);
  if (!blob) return std::nullopt;

  const std::string needle(as_text(Blob().string(kKeyType).bytes()));
  const auto inner = as_text(*blob).rfind(needle);
  if (inner == std::string_view::npos) return std::nullopt;
  std::span<const std::byte> rest = std::span(*blob).subspan(inner + needle.size());
  if (rest.size() < 4) return std::nullopt;
  rest = rest.subspan(4);  // The length of both.
  RawSignature both{};
  for (std::size_t half = 0; half < 2; ++half) {
    if (rest.size() < 4) return std::nullopt;
    const auto size = load_be<std::uint32_t>(rest.first(4));
    if (size > kHalf + 1 || size > rest.size() - 4) return std::nullopt;
    std::span<const std::byte> number = rest.subspan(4, size);
    rest = rest.subspan(4 + size);
    if (number.size() > kHalf) number = number.last(kHalf);
    std::ranges::copy(number, both.begin() + static_cast<std::ptrdiff_t>((half + 1) * kHalf - number.size()));
  }
  return both;
}

Error wrong(Errc code, std::string why) { return {code, Stop::SignatureWrong, "SSHSIG: " + std::move(why)}; }

}  // namespace

std::string sshsig_sign(std::span<const std::byte> bytes, std::string_view name_space, const PrivateKey& key,
                        const KeyCertificate& certificate) {
  return armoured(public_point(certificate), name_space, sign_raw(signed_blob(bytes, name_space), key));
}

Result<void> sshsig_verify(std::span<const std::byte> bytes, std::string_view signature, std::string_view name_space,
                           const PublicPoint& signer) {
  const std::optional<RawSignature> numbers = numbers_of(signature);
  if (!numbers) return wrong(Errc::Corrupt, "not such a signature");
  if (armoured(signer, name_space, *numbers) != signature)
    return wrong(Errc::Corrupt, "of another key, for another purpose, or spelled otherwise");
  if (!holds_raw(signed_blob(bytes, name_space), *numbers, signer))
    return wrong(Errc::Refused, "does not fit these bytes");
  return Done{};
}

std::string ssh_principal(const KeyCertificate& certificate) {
  std::string name = certificate.common_name();
  const auto is_pattern = [](char c) { return std::string_view(" \t,*?!\"#\\").find(c) != std::string_view::npos; };
  std::ranges::replace_if(name, is_pattern, '-');
  return name;
}

std::string allowed_signer(const KeyCertificate& certificate, std::string_view name_space) {
  return ssh_principal(certificate) + " namespaces=\"" + std::string(name_space) + "\" " + std::string(kKeyType) + " " +
         to_base64(key_blob(public_point(certificate))) + "\n";
}

}  // namespace relance
