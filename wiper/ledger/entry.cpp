#include "wiper/ledger/entry.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::string_view kSaltLabel = "relance ledger salt";
constexpr std::array<std::byte, 1> kEnd{};

std::string salted(const LedgerSalt& salt, std::span<const std::string> names) {
  Sha256 hash;
  hash.update(salt);
  for (const std::string& name : names) {
    hash.update(as_bytes(name));
    hash.update(kEnd);
  }
  return to_hex(hash.finish());
}

}  // namespace

std::string hidden(const LedgerSalt& salt, const NamesOfDrive& names) {
  const std::array all{std::string("drive"), names.model, names.serial, names.wwn};
  return salted(salt, all);
}

std::string hidden(const LedgerSalt& salt, const NamesOfMachine& names) {
  const std::array all{std::string("machine"), names.maker, names.product, names.serial};
  return salted(salt, all);
}

LedgerSalt salt_of(std::span<const std::byte> seed, std::string_view drive) {
  Sha256 hash;
  hash.update(as_bytes(kSaltLabel));
  hash.update(kEnd);
  hash.update(seed);
  hash.update(as_bytes(drive));
  const Sha256Digest digest = hash.finish();
  LedgerSalt salt{};
  std::ranges::copy(std::span(digest).first(salt.size()), salt.begin());
  return salt;
}

}  // namespace relance
