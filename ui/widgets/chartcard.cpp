// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chartcard.h"

#include "base/csv.h"
#include "base/filejobs.h"
#include "base/literals.h"
#include "widgets/charttablemodel.h"
#include "widgets/chartview.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace Mailgauge::Widgets {

namespace {

/// "Outcomes over time" -> "outcomes-over-time.png"
QString fileNameFor(const QString &title, const QString &suffix)
{
    QString name = title.toLower().simplified();
    for (QChar &one : name) {
        if (!one.isLetterOrNumber())
            one = u'-';
    }
    return (name.isEmpty() ? u"chart"_s : name) + u'.' + suffix;
}

QByteArray toCsv(const ChartTableModel &model)
{
    QList<QStringList> rows;
    QStringList head;
    for (int column = 0; column < model.columnCount(); ++column)
        head.append(model.headerData(column, Qt::Horizontal).toString());
    rows.append(head);
    const ChartData &chart = model.chart();
    for (qsizetype i = 0; i < chart.categories.size(); ++i) {
        QStringList row {chart.categories.at(i)};
        for (const ChartSeries &series : chart.series)
            row.append(QString::number(series.values.value(i), 'g', 12));
        rows.append(row);
    }
    return Base::csv(rows);
}

} // namespace

ChartCard::ChartCard(const QString &emptyText, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_export(new QToolButton(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new QLabel(emptyText, this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_view(new ChartView(this))
    , m_table(new QTableView(this))
    , m_model(new ChartTableModel(this))
{
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setTextFormat(Qt::PlainText);

    auto *menu = new QMenu(m_export);
    menu->addAction(
        tr("Save as PNG…"), this, [this] { chooseExport(u"png"_s, tr("PNG image (*.png)")); });
    menu->addAction(
        tr("Save as SVG…"), this, [this] { chooseExport(u"svg"_s, tr("SVG drawing (*.svg)")); });
    menu->addAction(tr("Save numbers as CSV…"), this,
        [this] { chooseExport(u"csv"_s, tr("CSV table (*.csv)")); });
    m_export->setMenu(menu);
    m_export->setPopupMode(QToolButton::InstantPopup);
    m_export->setAutoRaise(true);
    m_export->setText(tr("Save"));
    m_export->setIcon(QIcon::fromTheme(u"document-save"_s));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_export->setAccessibleName(tr("Save this chart"));

    m_table->setModel(m_model);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->setFrameShape(QFrame::NoFrame);

    m_splitter->addWidget(m_view);
    m_splitter->addWidget(m_table);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(true);
    m_splitter->setCollapsible(0, false);
    m_splitter->setSizes({700, 300});

    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setEnabled(false);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_splitter);

    auto *top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_export);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_stack, 1);

    connect(m_view, &ChartView::categoryActivated, this, &ChartCard::categoryActivated);
    connect(m_view, &ChartView::categoryActivated, m_table, &QTableView::selectRow);
    setData({});
}

void ChartCard::setLayoutName(const QString &name)
{
    m_splitter->setObjectName(name);
}

void ChartCard::setData(const ChartData &chart)
{
    m_title->setText(chart.title);
    m_table->setAccessibleName(tr("Numbers of the chart %1").arg(chart.title));
    m_view->setData(chart);
    m_model->setData(chart);
    m_stack->setCurrentWidget(chart.isEmpty() ? static_cast<QWidget *>(m_empty) : m_splitter);
    m_export->setEnabled(!chart.isEmpty());
}

QFuture<Base::Result<void>> ChartCard::exportTo(const QString &path) const
{
    if (path.endsWith(u".svg"_s, Qt::CaseInsensitive))
        return Base::writeFileLater(path, m_view->toSvg());
    if (path.endsWith(u".csv"_s, Qt::CaseInsensitive))
        return Base::writeFileLater(path, toCsv(*m_model));
    return Base::writeFileLater(path, m_view->toPng());
}

void ChartCard::chooseExport(const QString &suffix, const QString &filter)
{
    auto *dialog = new QFileDialog(this, tr("Save chart"), QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(fileNameFor(m_title->text(), suffix));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        exportTo(path).then(this, [this, path](const Base::Result<void> &written) {
            if (written)
                Q_EMIT exported(path);
            else
                Q_EMIT exportFailed(written.error());
        });
    });
    dialog->open();
}

} // namespace Mailgauge::Widgets
