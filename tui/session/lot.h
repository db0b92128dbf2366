#pragma once
// « Le lot de la mairie est fini » : the report that goes to a donor.

#include "tui/session/session.h"
#include "wiper/audit/lot.h"

namespace relance {

struct LotWish {
  std::string list_file;           // The donor's.
  std::string lot;                 // As the certificates name it.
  std::vector<std::string> paths;  // Sticks, or folders of certificates.
  std::string key_folder;          // Of the responsable.
  std::string out_folder;
  bool accept_trials = false;
  Language language = Language::French;
};

struct MadeBordereau {
  std::string file;  // The page; its table lies beside it.
  LotTotals totals;
  std::vector<std::string> refused;  // Papers that were not counted, because `relance check` refuses them.
  static constexpr auto fields() {
    return std::tuple{field("file", &MadeBordereau::file), field("totals", &MadeBordereau::totals),
                      field("refused", &MadeBordereau::refused)};
  }
};

// BORDEREAU_LOT.pdf and .csv. RecordTaken: this lot has one there. Errors of the list name its line.
Result<MadeBordereau> make_bordereau(const LotWish& wish, const std::string& passphrase, std::int64_t now_s);

}  // namespace relance
