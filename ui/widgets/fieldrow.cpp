// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fieldrow.h"

#include "base/literals.h"
#include "theme/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace Mailgauge::Widgets {

FieldRow::FieldRow(
    const Theme::Theme &theme, QLineEdit *field, const QList<QWidget *> &behind, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_field(field)
    , m_problem(new QLabel(this))
{
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto *line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(field, 1);
    for (QWidget *widget : behind)
        line->addWidget(widget);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addLayout(line);
    column->addWidget(m_problem);
    setFocusProxy(field);
    connect(&m_theme, &Theme::Theme::changed, this, &FieldRow::updateColors);
    // The sentence goes as soon as the user works on it; it comes back when it is still true.
    connect(field, &QLineEdit::textEdited, this, [this] { setProblem({}); });
}

QString FieldRow::problem() const
{
    return m_problem->text();
}

void FieldRow::setProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
    m_field->setAccessibleDescription(sentence);
    if (sentence.isEmpty() == (m_mark == nullptr))
        return;
    if (m_mark != nullptr) {
        m_field->removeAction(m_mark);
        m_mark->deleteLater();
        m_mark = nullptr;
    } else {
        m_mark = new QAction(QIcon::fromTheme(u"data-error"_s), tr("Not valid"), this);
        m_field->addAction(m_mark, QLineEdit::TrailingPosition);
    }
    updateColors();
}

void FieldRow::updateColors()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Rejected));
    m_problem->setPalette(colors);
}

} // namespace Mailgauge::Widgets
