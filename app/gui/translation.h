// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTranslator;

namespace Mailgauge::Gui {

/// From now on the sentences of Explain, too, are asked of the translators that are installed
/// (context "Explain"). Before the first sentence.
void translateExplanations();

/// The catalogue of the user's language, or of English, which has plurals; installs it and
/// translates the explanations. The translator must outlive the window.
void installTranslations(QTranslator &translator);

} // namespace Mailgauge::Gui
