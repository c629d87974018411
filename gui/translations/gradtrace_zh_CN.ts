<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Banner</name>
    <message>
      <source>Dismiss</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Less</source>
      <translation>收起</translation>
    </message>
    <message>
      <source>More</source>
      <translation>更多</translation>
    </message>
  </context>
  <context>
    <name>Bars</name>
    <message>
      <source>&amp;Language</source>
      <translation>语言(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Panels</source>
      <translation>面板(&amp;P)</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>Clear</source>
      <translation>清除</translation>
    </message>
    <message>
      <source>No recent files</source>
      <translation>没有最近的文件</translation>
    </message>
    <message>
      <source>Open &amp;recent</source>
      <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
      <source>Open a &amp;sample</source>
      <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
      <source>Toolbar</source>
      <translation>工具栏</translation>
    </message>
  </context>
  <context>
    <name>Canvas</name>
    <message>
      <source>NaN / Inf</source>
      <translation>NaN / Inf</translation>
    </message>
    <message>
      <source>No graph to show yet</source>
      <translation>还没有可显示的计算图</translation>
    </message>
    <message>
      <source>Open a trace, or record a program to see its autograd graph here.</source>
      <translation>打开一份记录，或录制一个程序，就能在这里看到它的计算图。</translation>
    </message>
    <message>
      <source>did not run in this pass</source>
      <translation>在这次反向传播中没有执行</translation>
    </message>
    <message>
      <source>gradient holds NaN or Inf</source>
      <translation>梯度含有 NaN 或 Inf</translation>
    </message>
    <message>
      <source>gradient norm</source>
      <translation>梯度范数</translation>
    </message>
    <message>
      <source>no gradients were recorded</source>
      <translation>没有记录梯度</translation>
    </message>
  </context>
  <context>
    <name>DockTitle</name>
    <message>
      <source>Close this panel (View, Panels brings it back)</source>
      <translation>关闭此面板（可在“视图 &gt; 面板”中重新打开）</translation>
    </message>
  </context>
  <context>
    <name>EventsModel</name>
    <message>
      <source>#</source>
      <translation>#</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>发生了什么</translation>
    </message>
  </context>
  <context>
    <name>EventsView</name>
    <message>
      <source>All kinds</source>
      <translation>所有种类</translation>
    </message>
    <message>
      <source>Filter: hook, error, -gradient, train.py, /Mul|Add/ …</source>
      <translation>筛选：hook、error、-gradient、train.py、/Mul|Add/ …</translation>
    </message>
    <message>
      <source>Kinds</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>Kinds ({count})</source>
      <translation>种类（{count}）</translation>
    </message>
    <message>
      <source>No event fits this filter.</source>
      <translation>没有符合此筛选条件的事件。</translation>
    </message>
    <message>
      <source>The events of the run will be listed here.</source>
      <translation>运行中的事件会列在这里。</translation>
    </message>
    <message>
      <source>Words that must all fit. A kind (hook, error, NodeFinished …) keeps that kind; -word leaves it out; /…/ is a regular expression; any other word is looked for in the text, source and scope.</source>
      <translation>所有词都须满足。种类名（hook、error、NodeFinished …）只保留该种类；-词 表示排除；/…/ 是正则表达式；其他词在文本、源代码位置和作用域中查找。</translation>
    </message>
    <message>
      <source>{count} so far …</source>
      <translation>已找到 {count} 个…</translation>
    </message>
    <message>
      <source>{shown} of {total}</source>
      <translation>{shown} / {total}</translation>
    </message>
  </context>
  <context>
    <name>Exporter</name>
    <message>
      <source>&amp;Export</source>
      <translation>导出(&amp;E)</translation>
    </message>
    <message>
      <source>Cannot export to {name}: {reason}</source>
      <translation>无法导出到 {name}：{reason}</translation>
    </message>
    <message>
      <source>Export as {format}</source>
      <translation>导出为 {format}</translation>
    </message>
    <message>
      <source>Exported to {path}</source>
      <translation>已导出到 {path}</translation>
    </message>
    <message>
      <source>{format} files (*{suffix})</source>
      <translation>{format} 文件 (*{suffix})</translation>
    </message>
    <message>
      <source>{format} …</source>
      <translation>{format} …</translation>
    </message>
  </context>
  <context>
    <name>GradientSection</name>
    <message>
      <source> of {count}</source>
      <translation> / {count}</translation>
    </message>
    <message>
      <source>Gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Histogram</source>
      <translation>直方图</translation>
    </message>
    <message>
      <source>None yet: it arrives later in this pass.</source>
      <translation>尚为 None：稍后才到达。</translation>
    </message>
    <message>
      <source>None: no gradient reaches this node in this pass.</source>
      <translation>None：这次反向传播中没有梯度到达此节点。</translation>
    </message>
    <message>
      <source>Numbers</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>图像</translation>
    </message>
    <message>
      <source>This node takes no part in this pass.</source>
      <translation>此节点不参与这次反向传播。</translation>
    </message>
    <message>
      <source>mean</source>
      <translation>均值</translation>
    </message>
    <message>
      <source>norm</source>
      <translation>范数</translation>
    </message>
    <message>
      <source>not finite</source>
      <translation>非有限值</translation>
    </message>
    <message>
      <source>not recorded at level “structure”</source>
      <translation>“structure”级别不记录</translation>
    </message>
    <message>
      <source>not recorded at level “{level}”</source>
      <translation>“{level}”级别不记录</translation>
    </message>
    <message>
      <source>not recorded: larger than the limit</source>
      <translation>未记录：超过大小上限</translation>
    </message>
    <message>
      <source>output {number}</source>
      <translation>输出 {number}</translation>
    </message>
    <message>
      <source>range</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>slice {name}</source>
      <translation>切片 {name}</translation>
    </message>
    <message>
      <source>value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>values</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>zeros</source>
      <translation>零的个数</translation>
    </message>
    <message>
      <source>{zeros} of {count}</source>
      <translation>{zeros} / {count}</translation>
    </message>
  </context>
  <context>
    <name>GraphPanel</name>
    <message>
      <source>Clear breakpoint</source>
      <translation>清除断点</translation>
    </message>
    <message>
      <source>Close group {name}</source>
      <translation>折叠分组 {name}</translation>
    </message>
    <message>
      <source>Fit the graph</source>
      <translation>适应窗口</translation>
    </message>
    <message>
      <source>Open all groups</source>
      <translation>展开所有分组</translation>
    </message>
    <message>
      <source>Open group {name}</source>
      <translation>展开分组 {name}</translation>
    </message>
    <message>
      <source>Run to here</source>
      <translation>运行到这里</translation>
    </message>
    <message>
      <source>Set breakpoint</source>
      <translation>设置断点</translation>
    </message>
    <message>
      <source>This graph could not be drawn. Tables and inspector show all there is to know about it.</source>
      <translation>无法绘制此图。表格和检查器中仍有它的全部信息。</translation>
    </message>
    <message>
      <source>This pass ran no nodes.</source>
      <translation>这次反向传播没有执行任何节点。</translation>
    </message>
    <message>
      <source>This trace holds no graph: nothing in the recorded program needed a gradient.</source>
      <translation>这份记录里没有计算图：程序中没有任何东西需要梯度。</translation>
    </message>
  </context>
  <context>
    <name>Header</name>
    <message>
      <source>Breakpoint (F9)</source>
      <translation>断点 (F9)</translation>
    </message>
    <message>
      <source>Selected: </source>
      <translation>已选中：</translation>
    </message>
    <message>
      <source>done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>follow the cursor</source>
      <translation>跟随光标</translation>
    </message>
    <message>
      <source>made</source>
      <translation>已创建</translation>
    </message>
    <message>
      <source>not in this pass</source>
      <translation>不在这次反向传播中</translation>
    </message>
    <message>
      <source>not made yet</source>
      <translation>尚未创建</translation>
    </message>
    <message>
      <source>not run yet</source>
      <translation>尚未执行</translation>
    </message>
    <message>
      <source>ran in {time}</source>
      <translation>用时 {time}</translation>
    </message>
    <message>
      <source>running</source>
      <translation>执行中</translation>
    </message>
  </context>
  <context>
    <name>HooksSection</name>
    <message>
      <source>Hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
    <message>
      <source>fired</source>
      <translation>触发</translation>
    </message>
    <message>
      <source>function</source>
      <translation>函数</translation>
    </message>
    <message>
      <source>kind</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>not yet</source>
      <translation>尚未</translation>
    </message>
    <message>
      <source>{before} became {after}</source>
      <translation>{before} 变为 {after}</translation>
    </message>
  </context>
  <context>
    <name>Inspector</name>
    <message>
      <source>Open a trace and select a node to see its gradient, source, saved tensors and hooks.</source>
      <translation>打开一份记录并选择节点，即可查看它的梯度、源代码、保存的张量和钩子。</translation>
    </message>
    <message>
      <source>There is no graph in this trace. The events tell what happened.</source>
      <translation>这份记录里没有计算图。事件列表说明了发生了什么。</translation>
    </message>
  </context>
  <context>
    <name>LeavesModel</name>
    <message>
      <source>Gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>dtype</source>
      <translation>dtype</translation>
    </message>
  </context>
  <context>
    <name>LeavesView</name>
    <message>
      <source>Tensors with requires_grad=True will be listed here, with their .grad.</source>
      <translation>requires_grad=True 的张量及其 .grad 会列在这里。</translation>
    </message>
  </context>
  <context>
    <name>MainWindow</name>
    <message>
      <source>A debugger for autograd graphs: record backward(), step it in both directions.</source>
      <translation>自动求导计算图的调试器：录制 backward()，向前向后逐步回放。</translation>
    </message>
    <message>
      <source>About gradtrace</source>
      <translation>关于 gradtrace</translation>
    </message>
    <message>
      <source>Event (0 to {last}):</source>
      <translation>事件（0 到 {last}）：</translation>
    </message>
    <message>
      <source>Events</source>
      <translation>事件</translation>
    </message>
    <message>
      <source>Go to event</source>
      <translation>转到事件</translation>
    </message>
    <message>
      <source>Inspector</source>
      <translation>检查器</translation>
    </message>
    <message>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <source>Leaves and parameters</source>
      <translation>叶子与参数</translation>
    </message>
    <message>
      <source>Licensed under the Apache License 2.0. The font is Inter, under the SIL Open Font License.</source>
      <translation>以 Apache License 2.0 许可发布。字体 Inter 以 SIL Open Font License 许可。</translation>
    </message>
    <message>
      <source>Nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Open traces</source>
      <translation>打开记录</translation>
    </message>
    <message>
      <source>Passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>问题</translation>
    </message>
    <message>
      <source>Problems ({count})</source>
      <translation>问题（{count}）</translation>
    </message>
    <message>
      <source>Recording the sample {name} …</source>
      <translation>正在录制示例 {name} …</translation>
    </message>
    <message>
      <source>Something went wrong inside gradtrace: {error}</source>
      <translation>gradtrace 内部出错：{error}</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>The language changes when the window is opened again.</source>
      <translation>重新打开窗口后语言才会改变。</translation>
    </message>
    <message>
      <source>Timeline</source>
      <translation>时间线</translation>
    </message>
    <message>
      <source>Timeline and tables</source>
      <translation>时间线与表格</translation>
    </message>
    <message>
      <source>Traces (*{suffix});;All files (*)</source>
      <translation>记录 (*{suffix});;所有文件 (*)</translation>
    </message>
    <message>
      <source>Your trace is untouched, and you can go on. Please report this with the details below.</source>
      <translation>你的记录未受影响，可以继续使用。请附上下面的详情报告此问题。</translation>
    </message>
    <message>
      <source>gradtrace</source>
      <translation>gradtrace</translation>
    </message>
    <message>
      <source>rank {rank} of {count}</source>
      <translation>rank {rank}，共 {count} 个</translation>
    </message>
    <message>
      <source>{name} ({number} of {count})</source>
      <translation>{name}（第 {number} 个，共 {count} 个）</translation>
    </message>
    <message>
      <source>{name} – gradtrace</source>
      <translation>{name} – gradtrace</translation>
    </message>
  </context>
  <context>
    <name>NodesModel</name>
    <message>
      <source>Gradient norm</source>
      <translation>梯度范数</translation>
    </message>
    <message>
      <source>Node</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Order</source>
      <translation>次序</translation>
    </message>
    <message>
      <source>Scope</source>
      <translation>作用域</translation>
    </message>
    <message>
      <source>Variable</source>
      <translation>变量</translation>
    </message>
  </context>
  <context>
    <name>NodesView</name>
    <message>
      <source>The nodes of the pass will be listed here, in the order they ran.</source>
      <translation>这次反向传播的节点会按执行次序列在这里。</translation>
    </message>
  </context>
  <context>
    <name>NotCoveredButton</name>
    <message>
      <source>The program did what this recording does not cover:</source>
      <translation>程序中有此记录未覆盖的内容：</translation>
    </message>
    <message>
      <source>not covered: {count}</source>
      <translation>未覆盖：{count}</translation>
    </message>
  </context>
  <context>
    <name>Notices</name>
    <message>
      <source>First NaN/Inf of this pass: {detail}</source>
      <translation>这次反向传播中首个 NaN/Inf：{detail}</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>显示</translation>
    </message>
    <message>
      <source>Show cause</source>
      <translation>显示原因</translation>
    </message>
    <message>
      <source>Show where</source>
      <translation>显示位置</translation>
    </message>
    <message>
      <source>The traces differ in {about}: {text}</source>
      <translation>各记录在 {about} 上不同：{text}</translation>
    </message>
  </context>
  <context>
    <name>Overview</name>
    <message>
      <source>A node: its gradient, source, saved tensors</source>
      <translation>节点：查看梯度、源代码、保存的张量</translation>
    </message>
    <message>
      <source>All nodes</source>
      <translation>所有节点</translation>
    </message>
    <message>
      <source>Along the way</source>
      <translation>途中</translation>
    </message>
    <message>
      <source>Called here</source>
      <translation>在此调用</translation>
    </message>
    <message>
      <source>Gradients of the leaves</source>
      <translation>叶子的梯度</translation>
    </message>
    <message>
      <source>Pass</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Raised here</source>
      <translation>在此抛出</translation>
    </message>
    <message>
      <source>The graph as the program made it, node by node.</source>
      <translation>程序逐个节点建立的计算图。</translation>
    </message>
    <message>
      <source>What next</source>
      <translation>接下来</translation>
    </message>
    <message>
      <source>and {count} more</source>
      <translation>以及另外 {count} 个</translation>
    </message>
    <message>
      <source>at {node}</source>
      <translation>位于 {node}</translation>
    </message>
    <message>
      <source>began at</source>
      <translation>起点</translation>
    </message>
    <message>
      <source>changed the gradient</source>
      <translation>改变了梯度</translation>
    </message>
    <message>
      <source>click</source>
      <translation>点击</translation>
    </message>
    <message>
      <source>cut off</source>
      <translation>中断</translation>
    </message>
    <message>
      <source>failed at</source>
      <translation>出错于</translation>
    </message>
    <message>
      <source>finished</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>first NaN/Inf</source>
      <translation>首个 NaN/Inf</translation>
    </message>
    <message>
      <source>hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>in {function}</source>
      <translation>位于 {function}</translation>
    </message>
    <message>
      <source>in-place writes</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <source>largest norm</source>
      <translation>最大范数</translation>
    </message>
    <message>
      <source>leaves</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>norm</source>
      <translation>范数</translation>
    </message>
    <message>
      <source>not observed</source>
      <translation>未观测</translation>
    </message>
    <message>
      <source>options</source>
      <translation>选项</translation>
    </message>
    <message>
      <source>passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>raised</source>
      <translation>出错</translation>
    </message>
    <message>
      <source>recorded</source>
      <translation>记录范围</translation>
    </message>
    <message>
      <source>smallest norm</source>
      <translation>最小范数</translation>
    </message>
    <message>
      <source>stayed None</source>
      <translation>始终为 None</translation>
    </message>
    <message>
      <source>zero</source>
      <translation>零</translation>
    </message>
    <message>
      <source>{count} did not</source>
      <translation>{count} 个未执行</translation>
    </message>
    <message>
      <source>{count} ran</source>
      <translation>{count} 个已执行</translation>
    </message>
  </context>
  <context>
    <name>PassSelector</name>
    <message>
      <source>  (raised)</source>
      <translation>  （出错）</translation>
    </message>
    <message>
      <source>All nodes (forward)</source>
      <translation>所有节点（前向）</translation>
    </message>
    <message>
      <source>No trace open</source>
      <translation>没有打开记录</translation>
    </message>
    <message>
      <source>The pass on show  (Ctrl+PgUp, Ctrl+PgDown)</source>
      <translation>当前显示的反向传播  (Ctrl+PgUp, Ctrl+PgDown)</translation>
    </message>
  </context>
  <context>
    <name>PassesModel</name>
    <message>
      <source>All nodes</source>
      <translation>所有节点</translation>
    </message>
    <message>
      <source>Call</source>
      <translation>调用</translation>
    </message>
    <message>
      <source>Nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Outcome</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>cut off</source>
      <translation>中断</translation>
    </message>
    <message>
      <source>finished</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>raised</source>
      <translation>出错</translation>
    </message>
  </context>
  <context>
    <name>PassesView</name>
    <message>
      <source>The calls of backward() in the run will be listed here.</source>
      <translation>运行中的 backward() 调用会列在这里。</translation>
    </message>
  </context>
  <context>
    <name>Playback</name>
    <message>
      <source>No gradient with NaN or Inf lies ahead in this pass.</source>
      <translation>此后没有含 NaN 或 Inf 的梯度。</translation>
    </message>
    <message>
      <source>Select a node to set a breakpoint on it.</source>
      <translation>请先选择一个节点再设置断点。</translation>
    </message>
    <message>
      <source>This leaf takes no part in a graph: nothing was computed from it.</source>
      <translation>此叶子不在任何计算图中：没有用它计算过任何东西。</translation>
    </message>
    <message>
      <source>This node did not run in this pass.</source>
      <translation>此节点在这次反向传播中没有执行。</translation>
    </message>
  </context>
  <context>
    <name>ProblemsModel</name>
    <message>
      <source>Cause</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>File</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Not covered</source>
      <translation>未覆盖</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>Type</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>发生了什么</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
  </context>
  <context>
    <name>ProblemsView</name>
    <message>
      <source>Nothing found: no exception, no NaN, no missing gradient, and the file is sound.</source>
      <translation>没有发现问题：没有异常、没有 NaN、没有缺失的梯度，文件完好。</translation>
    </message>
  </context>
  <context>
    <name>SampleRecorder</name>
    <message>
      <source>The sample {name} could not be recorded: {reason}</source>
      <translation>无法录制示例 {name}：{reason}</translation>
    </message>
  </context>
  <context>
    <name>SavedSection</name>
    <message>
      <source>(unknown)</source>
      <translation>（未知）</translation>
    </message>
    <message>
      <source>Freed by this point: another backward through this node would fail.</source>
      <translation>此时已释放：再次经过此节点反向传播会失败。</translation>
    </message>
    <message>
      <source>Saved tensors</source>
      <translation>保存的张量</translation>
    </message>
    <message>
      <source>shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>slot</source>
      <translation>槽位</translation>
    </message>
    <message>
      <source>tensor</source>
      <translation>张量</translation>
    </message>
    <message>
      <source>version</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>{op} at {place}</source>
      <translation>{op}，位于 {place}</translation>
    </message>
    <message>
      <source>{saved}, now {now}</source>
      <translation>{saved}，现为 {now}</translation>
    </message>
  </context>
  <context>
    <name>SearchBox</name>
    <message>
      <source>Find node, variable, scope</source>
      <translation>查找节点、变量、作用域</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>{place} of {count}</source>
      <translation>{place} / {count}</translation>
    </message>
  </context>
  <context>
    <name>Session</name>
    <message>
      <source>Cannot open {name}: {reason}</source>
      <translation>无法打开 {name}：{reason}</translation>
    </message>
    <message>
      <source>Laying out the graph …</source>
      <translation>正在布局计算图 …</translation>
    </message>
    <message>
      <source>Opening {name} …</source>
      <translation>正在打开 {name} …</translation>
    </message>
    <message>
      <source>This file has a problem: {problem}</source>
      <translation>此文件有问题：{problem}</translation>
    </message>
  </context>
  <context>
    <name>SourceSection</name>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>in {function}</source>
      <translation>位于 {function}</translation>
    </message>
  </context>
  <context>
    <name>SourceView</name>
    <message>
      <source>The recording holds no copy of this file.</source>
      <translation>记录中没有此文件的副本。</translation>
    </message>
    <message>
      <source>The source line of the selected node will be shown here.</source>
      <translation>所选节点的源代码行会显示在这里。</translation>
    </message>
    <message>
      <source>{file}   in {function}</source>
      <translation>{file}   位于 {function}</translation>
    </message>
  </context>
  <context>
    <name>StatusBar</name>
    <message>
      <source>No trace open</source>
      <translation>没有打开记录</translation>
    </message>
    <message>
      <source>This trace holds no events</source>
      <translation>这份记录没有事件</translation>
    </message>
    <message>
      <source>event {number} of {last}</source>
      <translation>事件 {number} / {last}</translation>
    </message>
    <message>
      <source>level: {level}</source>
      <translation>级别：{level}</translation>
    </message>
    <message>
      <source>program exited</source>
      <translation>程序已退出</translation>
    </message>
    <message>
      <source>program finished</source>
      <translation>程序已结束</translation>
    </message>
    <message>
      <source>program raised an exception</source>
      <translation>程序抛出了异常</translation>
    </message>
    <message>
      <source>program was running</source>
      <translation>程序仍在运行</translation>
    </message>
    <message>
      <source>recording cut off</source>
      <translation>记录被中断</translation>
    </message>
  </context>
  <context>
    <name>TensorsSection</name>
    <message>
      <source>Tensors</source>
      <translation>张量</translation>
    </message>
    <message>
      <source>and {count} more</source>
      <translation>以及另外 {count} 个</translation>
    </message>
    <message>
      <source>inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <source>leaf</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>result</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>result {number}</source>
      <translation>结果 {number}</translation>
    </message>
    <message>
      <source>used by</source>
      <translation>使用者</translation>
    </message>
  </context>
  <context>
    <name>TimelineView</name>
    <message>
      <source>The events of a pass will be drawn here.</source>
      <translation>反向传播的事件会画在这里。</translation>
    </message>
    <message>
      <source>Whole run</source>
      <translation>整个运行</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
  </context>
  <context>
    <name>TraceSelector</name>
    <message>
      <source>  (cut off)</source>
      <translation>  (中断)</translation>
    </message>
    <message>
      <source>  (raised)</source>
      <translation>  （出错）</translation>
    </message>
    <message>
      <source>The trace on show  (Ctrl+Shift+PgUp, Ctrl+Shift+PgDown)</source>
      <translation>当前显示的记录  (Ctrl+Shift+PgUp, Ctrl+Shift+PgDown)</translation>
    </message>
    <message>
      <source>different {about}: {text}</source>
      <translation>不同 {about}：{text}</translation>
    </message>
    <message>
      <source>same {about}: {text}</source>
      <translation>相同 {about}：{text}</translation>
    </message>
  </context>
  <context>
    <name>Welcome</name>
    <message>
      <source>Drop a .gtrace file here</source>
      <translation>将 .gtrace 文件拖到这里</translation>
    </message>
    <message>
      <source>Open a trace …</source>
      <translation>打开记录 …</translation>
    </message>
    <message>
      <source>Recent</source>
      <translation>最近</translation>
    </message>
    <message>
      <source>Record your own program</source>
      <translation>录制你自己的程序</translation>
    </message>
    <message>
      <source>Step through backward(), forwards and in reverse.</source>
      <translation>逐步走过 backward()，向前，也向后。</translation>
    </message>
    <message>
      <source>Try a sample: a click records it and opens the trace</source>
      <translation>试试示例：点击即录制并打开</translation>
    </message>
    <message>
      <source>gradtrace</source>
      <translation>gradtrace</translation>
    </message>
  </context>
  <context>
    <name>actions</name>
    <message>
      <source>&amp;About gradtrace</source>
      <translation>关于 gradtrace(&amp;A)</translation>
    </message>
    <message>
      <source>&amp;Export …</source>
      <translation>导出(&amp;E) …</translation>
    </message>
    <message>
      <source>&amp;File</source>
      <translation>文件(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Find node</source>
      <translation>查找节点(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Fit the graph</source>
      <translation>适应窗口(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Go to event …</source>
      <translation>转到事件(&amp;G) …</translation>
    </message>
    <message>
      <source>&amp;Gradient colours</source>
      <translation>梯度着色(&amp;G)</translation>
    </message>
    <message>
      <source>&amp;Help</source>
      <translation>帮助(&amp;H)</translation>
    </message>
    <message>
      <source>&amp;Keyboard shortcuts</source>
      <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
      <source>&amp;Open …</source>
      <translation>打开(&amp;O) …</translation>
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation>退出(&amp;Q)</translation>
    </message>
    <message>
      <source>&amp;Replay</source>
      <translation>回放(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Run</source>
      <translation>运行(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Step</source>
      <translation>前进一步(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;View</source>
      <translation>视图(&amp;V)</translation>
    </message>
    <message>
      <source>Back by a single event</source>
      <translation>后退一个事件</translation>
    </message>
    <message>
      <source>Back to the previous breakpoint, else to the start</source>
      <translation>退回到上一个断点，没有则到开头</translation>
    </message>
    <message>
      <source>Back to where the previous node had finished</source>
      <translation>退回到上一个节点完成处</translation>
    </message>
    <message>
      <source>Clear all breakpoints</source>
      <translation>清除所有断点</translation>
    </message>
    <message>
      <source>Collapse all groups</source>
      <translation>折叠所有分组</translation>
    </message>
    <message>
      <source>Colour nodes by the norm of their gradient</source>
      <translation>按梯度范数为节点着色</translation>
    </message>
    <message>
      <source>Drag</source>
      <translation>拖动</translation>
    </message>
    <message>
      <source>Event back</source>
      <translation>上一个事件</translation>
    </message>
    <message>
      <source>Event forward</source>
      <translation>下一个事件</translation>
    </message>
    <message>
      <source>Expand all groups</source>
      <translation>展开所有分组</translation>
    </message>
    <message>
      <source>Export this pass</source>
      <translation>导出这次反向传播</translation>
    </message>
    <message>
      <source>Follow the cursor</source>
      <translation>跟随光标</translation>
    </message>
    <message>
      <source>Left, Right</source>
      <translation>左、右</translation>
    </message>
    <message>
      <source>Light or dark</source>
      <translation>浅色或深色</translation>
    </message>
    <message>
      <source>Move the graph</source>
      <translation>移动计算图</translation>
    </message>
    <message>
      <source>Next pass</source>
      <translation>下一次反向传播</translation>
    </message>
    <message>
      <source>Next trace</source>
      <translation>下一条记录</translation>
    </message>
    <message>
      <source>On by a single event</source>
      <translation>前进一个事件</translation>
    </message>
    <message>
      <source>On the graph: to an input, to what uses the result</source>
      <translation>在图上：到输入、到使用结果的节点</translation>
    </message>
    <message>
      <source>On the graph: to the node beside</source>
      <translation>在图上：到旁边的节点</translation>
    </message>
    <message>
      <source>On to the next breakpoint, else to the end</source>
      <translation>运行到下一个断点，没有则到末尾</translation>
    </message>
    <message>
      <source>On to the next gradient with NaN or Inf</source>
      <translation>前进到下一个含 NaN 或 Inf 的梯度</translation>
    </message>
    <message>
      <source>On to where the next node has finished</source>
      <translation>前进到下一个节点完成处</translation>
    </message>
    <message>
      <source>Open traces</source>
      <translation>打开记录</translation>
    </message>
    <message>
      <source>Previous pass</source>
      <translation>上一次反向传播</translation>
    </message>
    <message>
      <source>Previous trace</source>
      <translation>上一条记录</translation>
    </message>
    <message>
      <source>Reset the window's layout</source>
      <translation>重置窗口布局</translation>
    </message>
    <message>
      <source>Return, double click</source>
      <translation>回车、双击</translation>
    </message>
    <message>
      <source>Right click</source>
      <translation>右键</translation>
    </message>
    <message>
      <source>Run back</source>
      <translation>反向运行</translation>
    </message>
    <message>
      <source>Run to the next NaN or Inf</source>
      <translation>运行到下一个 NaN 或 Inf</translation>
    </message>
    <message>
      <source>Run to the node, or open its group</source>
      <translation>运行到该节点，或展开其分组</translation>
    </message>
    <message>
      <source>Run to the selected node</source>
      <translation>运行到所选节点</translation>
    </message>
    <message>
      <source>Select nothing</source>
      <translation>取消选择</translation>
    </message>
    <message>
      <source>Set or clear the breakpoint of this node</source>
      <translation>设置或清除此节点的断点</translation>
    </message>
    <message>
      <source>Show the whole graph</source>
      <translation>显示整个计算图</translation>
    </message>
    <message>
      <source>Step &amp;back</source>
      <translation>后退一步(&amp;B)</translation>
    </message>
    <message>
      <source>Stop waiting</source>
      <translation>停止等待</translation>
    </message>
    <message>
      <source>Switch the theme</source>
      <translation>切换主题</translation>
    </message>
    <message>
      <source>The graph</source>
      <translation>计算图</translation>
    </message>
    <message>
      <source>The next trace in this window, at the same moment</source>
      <translation>本窗口中的下一条记录，停在同一时刻</translation>
    </message>
    <message>
      <source>The previous trace in this window, at the same moment</source>
      <translation>本窗口中的上一条记录，停在同一时刻</translation>
    </message>
    <message>
      <source>To the &amp;end</source>
      <translation>到末尾(&amp;E)</translation>
    </message>
    <message>
      <source>To the &amp;start</source>
      <translation>到开头(&amp;S)</translation>
    </message>
    <message>
      <source>To the end of the pass</source>
      <translation>到反向传播的末尾</translation>
    </message>
    <message>
      <source>To the start of the pass</source>
      <translation>到反向传播的开头</translation>
    </message>
    <message>
      <source>Toggle &amp;breakpoint</source>
      <translation>切换断点(&amp;B)</translation>
    </message>
    <message>
      <source>Up, Down</source>
      <translation>上、下</translation>
    </message>
    <message>
      <source>What can be done with a node or group</source>
      <translation>可对节点或分组进行的操作</translation>
    </message>
    <message>
      <source>Wheel</source>
      <translation>滚轮</translation>
    </message>
    <message>
      <source>Zoom</source>
      <translation>缩放</translation>
    </message>
  </context>
  <context>
    <name>events</name>
    <message>
      <source>Errors</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>Forward</source>
      <translation>前向</translation>
    </message>
    <message>
      <source>Gradients</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>In-place writes</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>Nodes running</source>
      <translation>节点执行</translation>
    </message>
    <message>
      <source>Optimizer</source>
      <translation>优化器</translation>
    </message>
    <message>
      <source>Passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Run</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>Saved tensors</source>
      <translation>保存的张量</translation>
    </message>
    <message>
      <source>Scopes and marks</source>
      <translation>作用域与标记</translation>
    </message>
    <message>
      <source>accumulated</source>
      <translation>累加</translation>
    </message>
    <message>
      <source>backward ended</source>
      <translation>反向结束</translation>
    </message>
    <message>
      <source>backward started</source>
      <translation>反向开始</translation>
    </message>
    <message>
      <source>error</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>grad mode</source>
      <translation>梯度模式</translation>
    </message>
    <message>
      <source>grad reset</source>
      <translation>梯度重置</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>graph cut</source>
      <translation>脱离计算图</translation>
    </message>
    <message>
      <source>hook fired</source>
      <translation>钩子触发</translation>
    </message>
    <message>
      <source>hook removed</source>
      <translation>移除钩子</translation>
    </message>
    <message>
      <source>hook set</source>
      <translation>注册钩子</translation>
    </message>
    <message>
      <source>in-place write</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>leaf</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>leaf named</source>
      <translation>叶子命名</translation>
    </message>
    <message>
      <source>mark</source>
      <translation>标记</translation>
    </message>
    <message>
      <source>node created</source>
      <translation>节点创建</translation>
    </message>
    <message>
      <source>node finished</source>
      <translation>节点完成</translation>
    </message>
    <message>
      <source>node started</source>
      <translation>节点开始</translation>
    </message>
    <message>
      <source>optimizer step</source>
      <translation>优化器更新</translation>
    </message>
    <message>
      <source>run ended</source>
      <translation>运行结束</translation>
    </message>
    <message>
      <source>run started</source>
      <translation>运行开始</translation>
    </message>
    <message>
      <source>saved</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>saved freed</source>
      <translation>释放保存</translation>
    </message>
    <message>
      <source>scope entered</source>
      <translation>进入作用域</translation>
    </message>
    <message>
      <source>scope left</source>
      <translation>离开作用域</translation>
    </message>
    <message>
      <source>unseen write</source>
      <translation>隐蔽写入</translation>
    </message>
  </context>
  <context>
    <name>formats</name>
    <message>
      <source>not measured</source>
      <translation>未测量</translation>
    </message>
    <message>
      <source>zero</source>
      <translation>零</translation>
    </message>
  </context>
</TS>
