#pragma once
// Bytes of a terminal → keys. Pure; the bytes may be cut anywhere.

#include <string>
#include <string_view>
#include <vector>

#include "tui/model/key.h"

namespace relance {

class KeyParser {
 public:
  std::vector<Key> feed(std::string_view bytes);
  // Nothing came for a while: an Escape that stands alone is the key.
  std::vector<Key> pause();

 private:
  bool take_one(std::vector<Key>& keys);
  bool take_sequence(std::vector<Key>& keys);
  std::string waiting_;
};

}  // namespace relance
