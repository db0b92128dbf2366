#include "wiper/audit/lost_sticks.h"

#include <algorithm>

#include "wiper/base/plain_text.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr std::string_view kBeginning = "trousseau-";
constexpr std::string_view kEnding = ".json";

Error not_of_root(const std::string& why) {
  return {Errc::Corrupt, Stop::SignatureWrong, "list of lost sticks: " + why};
}
Error revoked(const LostStick& lost, const std::string& why) {
  return {Errc::Refused, Stop::KeyRevoked, lost.stick + " was lost: " + why};
}
std::string behind(const LostStick& lost) {
  return "nothing behind line " + std::to_string(lost.last_rank) + " counts";
}

// These lines end with the last good one.
bool ends_with_head(const LostStick& lost, const std::vector<LedgerLine>& lines) {
  return lines.size() == lost.last_rank && !lines.empty() && hash_of(lines.back()) == lost.head;
}

}  // namespace

std::string lost_sticks_file(std::uint64_t number) {
  return std::string(kBeginning) + std::to_string(number) + std::string(kEnding);
}

bool is_lost_sticks(const std::string& path) {
  const std::string_view name = last_part(path);
  if (!name.starts_with(kBeginning) || !name.ends_with(kEnding)) return false;
  const auto digits = name.substr(kBeginning.size(), name.size() - kBeginning.size() - kEnding.size());
  const auto number = whole_number<std::uint64_t>(digits);
  return number && lost_sticks_file(*number) == name;
}

std::string lost_sticks_text(const LostSticks& list) { return to_json_pretty(to_value(list)); }

Result<LostSticks> read_lost_sticks(std::span<const std::byte> text, std::span<const std::byte> signature,
                                    const KeyCertificate& root) {
  const CmsSigner signer = TRY(cms_verify(text, signature, root));
  if (signer.fingerprint != root.fingerprint()) return not_of_root("only the workshop's root can sign one");
  const Value tree = TRY(parse_json(as_text(text)));
  LostSticks list = TRY(from_value<LostSticks>(tree));
  if (list.format != kLostSticksFormat || list.version != 1 || lost_sticks_text(list) != as_text(text))
    return not_of_root("spelled otherwise than ours");
  return list;
}

Result<Revoked> read_revoked(Store& store, const std::string& folder, const KeyCertificate& root) {
  Revoked revoked;
  const std::vector<std::string> names = TRY(store.list(folder));
  for (const std::string& name : names) {
    if (!is_lost_sticks(name)) continue;
    const std::string path = folder + "/" + name;
    const Bytes text = TRY(store.read(path));
    const Bytes signature = TRY(store.read(path + ".p7s"));
    LostSticks list = TRY(read_lost_sticks(text, signature, root));
    revoked.add(std::move(list));
  }
  return revoked;
}

void Revoked::add(LostSticks list) {
  if (list.number > newest_.number) newest_ = std::move(list);
}

const LostStick* Revoked::find(const Sha256Digest& key) const {
  const auto found = std::ranges::find(newest_.lost, key, &LostStick::key);
  return found == newest_.lost.end() ? nullptr : &*found;
}

Result<void> Revoked::check(const Sha256Digest& key, std::uint64_t rank, const std::string& sha256) const {
  const LostStick* lost = find(key);
  if (lost == nullptr || (rank > 0 && rank <= lost->last_rank)) return Done{};
  if (std::ranges::find(lost->vouched, sha256) != lost->vouched.end()) return Done{};
  return revoked(*lost, behind(*lost));
}

Result<void> Revoked::check(const Sha256Digest& key, const std::vector<LedgerLine>& lines) const {
  const LostStick* lost = find(key);
  if (lost == nullptr) return Done{};
  if (lines.size() > lost->last_rank) return revoked(*lost, behind(*lost));
  if (lines.size() == lost->last_rank && !ends_with_head(*lost, lines))
    return revoked(*lost, "its last good line is another one");
  return Done{};
}

bool Revoked::is_vouched(const Sha256Digest& key, const std::vector<LedgerLine>& lines) const {
  const LostStick* lost = find(key);
  return lost == nullptr || ends_with_head(*lost, lines);
}

}  // namespace relance
