#include "tui/session/audit.h"

#include <filesystem>

#include "wiper/audit/gather.h"

namespace relance {
namespace {

Error usage(std::string detail) { return {Errc::Invalid, Stop::Usage, std::move(detail)}; }

// The root that was given; else the one that lies on the stick, or on a path that is one. A root that comes with what it
// certifies proves only that both come from the same hand, so --root is what a stranger uses.
Result<KeyCertificate> find_root(Session& session, const std::string& file, const std::vector<std::string>& paths) {
  if (!file.empty()) return read_root_file(file);
  if (session.bench().has_stick()) return read_root(*session.bench().stick);
  for (const std::string& path : paths) {
    std::error_code unknown;
    const std::string beside = path + "/" + kRootFile;
    if (std::filesystem::is_regular_file(beside, unknown)) return read_root_file(beside);
  }
  return usage("--root FILE: the workshop's root certificate, from a place you trust");
}

// Whoever keeps the root keeps the lists of lost sticks with it: beside it, or in the workshop's own folder for them.
std::vector<std::string> lists_beside(const std::string& root_file) {
  namespace fs = std::filesystem;
  std::vector<std::string> lists;
  if (root_file.empty()) return lists;
  const fs::path folder = fs::path(root_file).parent_path();
  std::error_code none;
  for (const fs::path& place : {folder.empty() ? fs::path(".") : folder, folder / kLostFolder})
    for (fs::directory_iterator each(place, none); !none && each != fs::end(each); each.increment(none))
      if (is_lost_sticks(each->path().string())) lists.push_back(each->path().string());
  return lists;
}

}  // namespace

Result<AuditReport> check_certificates(Session& session, const CheckWish& wish) {
  const KeyCertificate root = TRY(find_root(session, wish.root_file, wish.paths));
  const std::vector<std::string> files = TRY(gather(wish.paths));
  AuditOptions options{.accept_trials = wish.accept_trials, .witnesses = {}, .heads = {}};
  std::vector<std::string> kept = lists_beside(wish.root_file);
  for (const std::string& witness : wish.witnesses) {
    if (const std::optional<SeenHead> head = parse_head(witness))
      options.heads.push_back(*head);
    else
      kept.push_back(witness);
  }
  options.witnesses = TRY(gather(kept));
  return audit(files, read_audited, root, options);
}

Result<CheckedImage> check_image(Session& session, const ImagePlace& place, const std::string& root_file,
                                 const Progress& progress) {
  const Result<KeyCertificate> root = find_root(session, root_file, {});
  if (!root.ok() && !place.may_be_unsigned) return root.error();
  const std::shared_ptr<const ImageFolder> image = TRY(open_image(place, root.ok() ? &root.value() : nullptr));
  TRY(image->check_all(progress));
  const std::string signer = image->signer() ? image->signer()->common_name : "";
  return CheckedImage{image->manifest().name,          image->manifest_sha256(),          signer,
                      image->manifest().minimum_bytes, image->manifest().source.firmware, image->uncovered()};
}

}  // namespace relance
