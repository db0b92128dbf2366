#pragma once
// certificat.json for programs of others: which members there are, and what may stand in them.

#include <string>

namespace relance {

// JSON Schema of the edition that we write, as it lies in VERIFIER/certificat.schema.json.
std::string certificate_schema();

}  // namespace relance
