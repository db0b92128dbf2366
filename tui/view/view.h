#pragma once
// What the model looks like. Pure: the same model and size give the same cells.

#include "tui/model/model.h"
#include "tui/view/screen.h"

namespace relance {

inline constexpr Size kSmallestScreen{80, 24};  // Below it, "too small" is a screen.

Screen view(const Model& model, Size size);

}  // namespace relance
