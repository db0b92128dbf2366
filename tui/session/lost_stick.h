#pragma once
// « La clé 07 est perdue » : what the workshop signs then.

#include "tui/session/session.h"

namespace relance {

struct LossWish {
  std::string workshop_folder;
  std::string name;  // Of the stick: "07".
  std::vector<std::string>
      witnesses;                 // What is left of it elsewhere: copies of its ledger, certificates, folders of both.
  bool is_nothing_left = false;  // Nobody has anything: then nothing that it signed stays good.
};

struct DeclaredLoss {
  std::string file;  // The list; its signature beside it.
  std::string stick;
  std::uint64_t last_rank = 0;
  std::string head;
  std::uint64_t vouched = 0;  // Certificates behind it that stay good.
  static constexpr auto fields() {
    return std::tuple{field("file", &DeclaredLoss::file), field("stick", &DeclaredLoss::stick),
                      field("last_rank", &DeclaredLoss::last_rank), field("head", &DeclaredLoss::head),
                      field("vouched", &DeclaredLoss::vouched)};
  }
};

// A new list in the workshop's folder, with all that the last one said; the stick's lines up to the last one that a witness
// knows stay good. Declared once more, with better witnesses, it says more.
// Refused: a witness that `relance check` refuses, with that reason; none that speaks of this stick, without
// is_nothing_left; no such stick.
Result<DeclaredLoss> declare_lost(const LossWish& wish, const std::string& passphrase, std::int64_t now_s);

}  // namespace relance
