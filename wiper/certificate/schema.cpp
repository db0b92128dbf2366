#include "wiper/certificate/schema.h"

#include "wiper/base/schema.h"
#include "wiper/certificate/certificate.h"

namespace relance {
namespace {

Value always(Value value) { return ValueMembers{{"const", std::move(value)}}; }

}  // namespace

std::string certificate_schema() {
  Value certificate = json_schema<Certificate>();
  auto& members = std::get<ValueMembers>(certificate.held);
  for (auto& [name, value] : members) {
    if (name != "properties") continue;
    for (auto& [property, schema] : std::get<ValueMembers>(value.held)) {
      if (property == "format") schema = always(std::string(kCertificateFormat));
      if (property == "version") schema = always(kCertificateVersion);
    }
  }
  ValueMembers schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "certificat.json"}};
  schema.insert(schema.end(), members.begin(), members.end());
  return to_json_pretty(schema);
}

}  // namespace relance
