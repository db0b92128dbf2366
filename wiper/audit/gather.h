#pragma once
// Files to be audited, from wherever a person pointed: a certificate, a folder of them, a whole stick.

#include "wiper/audit/audit.h"

namespace relance {

inline constexpr std::size_t kLongestAuditedFile = std::size_t{16}
                                                   << 20;    // A certificate with 100 000 bad ranges has 9 MB.
inline constexpr std::size_t kMostAuditedFiles = 1'000'000;  // More than all sticks of a workshop in ten years.
inline constexpr int kDeepestFolder = 8;                     // CERTIFICATS/2026-11 is two.

// The paths for audit(). A .json file brings its .json.p7s and .json.sig along, and the other way round; a .pdf comes alone; a
// folder brings all of them below it, but a folder that holds CERTIFICATS brings only that part, REGISTRE and the lists of
// lost sticks in VERIFIER: a stick's images have JSON of their own. Links inside a folder are not followed.
// Invalid: no such path. Corrupt: too many, too deep. Io: a folder cannot be listed.
Result<std::vector<std::string>> gather(std::span<const std::string> paths);

// A whole file for audit(). Io: unreadable. Corrupt: too long.
Result<Bytes> read_audited(const std::string& path);

}  // namespace relance
