#include "wiper/base/schema.h"

namespace relance::fields_detail {

Value schema_of_type(const char* type) { return ValueMembers{{"type", type}}; }

Value schema_of_hex(const std::string& count) {
  return ValueMembers{{"type", "string"}, {"pattern", "^([0-9a-f]{2})" + count + "$"}};
}

Value schema_of_range(Value least, Value most) {
  return ValueMembers{{"type", "integer"}, {"minimum", std::move(least)}, {"maximum", std::move(most)}};
}

Value schema_of_names(std::span<const std::string_view> names) {
  ValueList list;
  for (const std::string_view name : names) list.emplace_back(std::string(name));
  return ValueMembers{{"enum", std::move(list)}};
}

Value schema_of_optional(Value held) {
  return ValueMembers{{"anyOf", ValueList{schema_of_type("null"), std::move(held)}}};
}

Value schema_of_list(Value item) { return ValueMembers{{"type", "array"}, {"items", std::move(item)}}; }

Value schema_of_object(ValueMembers properties) {
  ValueList required;
  for (const auto& [name, schema] : properties) required.emplace_back(name);
  return ValueMembers{{"type", "object"},
                      {"properties", std::move(properties)},
                      {"required", std::move(required)},
                      {"additionalProperties", false}};
}

}  // namespace relance::fields_detail
